import { createDataFolder, type RunningService } from "../process.ts";
import { createTestDatabase } from "../store/database.ts";
import { type ApiCall, type Caller, createCaller, insist } from "./api.ts";
import { type ClientTap, createClientTap } from "./client-tap.ts";
import { crashAt } from "./crash-at.ts";
import { type CrashPoint, crashPoints } from "./crash-points.ts";
import { createDatabaseTap, type DatabaseTap } from "./database-tap.ts";
import { type Mutation, mutations } from "./mutations.ts";
import { openTenantRows, type Rows, type TenantRows } from "./tenant-rows.ts";

/** What came of killing a service at named points. */
export type PointFigures = {
  readonly kills: number;
  /** Calls that were under way at a kill, and those of them whose effect was there afterwards. */
  readonly calls: number;
  readonly done: number;
  /** What does not hold, a line each. */
  readonly problems: readonly string[];
};

/** How often a service is killed. */
export type PointPlan = {
  /** Times at each point. */
  readonly rounds: number;
  /** The environment of the service, beside the tests' own. */
  readonly env: Readonly<Record<string, string>>;
  readonly progress: (line: string) => void;
};

/**
 * Kills a service at each point with a call of each mutating method under way, each for a tenant of its own, and
 * makes the calls again with their keys. One kill takes all of them: they are made to wait for one another.
 */
export async function crashAtPoints({ rounds, env, progress }: PointPlan): Promise<PointFigures> {
  await using stage = await startStage(env);
  const { rows, service, callerOf } = stage;
  const undisturbed = await Promise.all(mutations.map((mutation) => doUndisturbed(mutation, callerOf, rows)));
  const problems: string[] = [];
  let [kills, done] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    for (const point of crashPoints) {
      const doomed = await Promise.all(
        mutations.map(async ({ name, prepare }) => {
          const tenant = `${point.name}_${name}_${round}`;
          const caller = await callerOf(tenant);
          return { name, tenant, caller, call: await prepare(caller), before: await rows.of(tenant) };
        }),
      );
      const waiting = doomed.map(
        ({ caller, call }) =>
          () =>
            insist(caller, call, key),
      );
      await crashAt(stage, point, waiting);
      kills += 1;
      await stage.start();
      await Promise.all(
        doomed.map(async (each, index) => {
          const found = await repeat(each, point, rows, undisturbed[index]!);
          done += found.isDone ? 1 : 0;
          problems.push(...found.problems.map((problem) => `${each.name}, killed at ${point.name}: ${problem}`));
        }),
      );
      progress(`kills at points: ${kills} of ${rounds * crashPoints.length}, ${problems.length} problems`);
    }
  }
  service().signal("SIGTERM");
  await service().ended;
  return { kills, calls: kills * mutations.length, done, problems };
}

/** Every tenant has made one call only that matters. */
const key = "the-call";

type Stage = AsyncDisposable & {
  readonly client: ClientTap;
  readonly database: DatabaseTap;
  readonly rows: TenantRows;
  service(): RunningService;
  callerOf(tenant: string): Promise<Caller>;
  start(): Promise<void>;
  kill(): Promise<void>;
};

/** Starts a service between two taps, on a database of its own. */
async function startStage(env: Readonly<Record<string, string>>): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const folder = createDataFolder();
  opened.defer(folder.remove);
  const { url, ownerUrl, superuserUrl } = await createTestDatabase();
  const rows = await openTenantRows(superuserUrl);
  opened.defer(rows.close);
  const database = await createDatabaseTap(url);
  opened.defer(database.close);
  const client = await createClientTap();
  opened.defer(client.close);
  const scopes = ["dashboards:publish", "dashboards:share", "connections:write"];
  let service: RunningService | undefined;
  const start = async () => {
    service = await folder.start({
      ...env,
      DATABASE_URL: database.url,
      DATABASE_MIGRATE_URL: ownerUrl,
      // Links start with it, and the service's own address changes.
      PUBLIC_URL: "https://links.test",
    });
    client.leadTo(Number(new URL(service.url).port));
  };
  await start();
  const running = opened.move();
  return {
    client,
    database,
    rows,
    service: () => service!,
    callerOf: async (tenant) => createCaller(client.port, await folder.token({ tenant, scopes })),
    start,
    async kill() {
      service!.signal("SIGKILL");
      await service!.ended;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Makes a call that nothing comes in the way of, and returns how many rows its tenant has then. */
async function doUndisturbed({ name, prepare }: Mutation, callerOf: Stage["callerOf"], rows: TenantRows) {
  const tenant = `undisturbed_${name}`;
  const caller = await callerOf(tenant);
  const call = await prepare(caller);
  const before = await rows.of(tenant);
  const { status, text } = await insist(caller, call, key);
  const after = await rows.of(tenant);
  if (status !== 200) throw new Error(`${name} was answered ${status} ${text}`);
  if (after.digest === before.digest) throw new Error(`${name} has no effect that could be seen`);
  return after.counts;
}

/** A call at which the service was killed. */
type Doomed = {
  readonly tenant: string;
  readonly caller: Caller;
  readonly call: ApiCall;
  /** What the tenant had before. */
  readonly before: Rows;
};

/** Makes a call again, twice: it must have its effect once, whenever that was, and one answer. */
async function repeat(
  { tenant, caller, call, before }: Doomed,
  point: CrashPoint,
  rows: TenantRows,
  counts: Rows["counts"],
): Promise<{ readonly isDone: boolean; readonly problems: readonly string[] }> {
  const problems: string[] = [];
  const crashed = await rows.of(tenant);
  const isDone = crashed.digest !== before.digest;
  const mayBe = point.done === "either" || isDone === (point.done === "yes");
  if (!mayBe) problems.push(`the effect is ${isDone ? "there" : "missing"} before the retry`);

  const first = await insist(caller, call, key);
  const after = await rows.of(tenant);
  if (first.status !== 200) problems.push(`the retry was answered ${first.status} ${first.text}`);
  if (isDone && after.digest !== crashed.digest) problems.push("the retry changed what had been done already");
  if (JSON.stringify(after.counts) !== JSON.stringify(counts)) {
    problems.push(`there are ${JSON.stringify(after.counts)} rows instead of ${JSON.stringify(counts)}`);
  }

  const second = await insist(caller, call, key);
  if (second.text !== first.text) problems.push(`the retry was answered ${first.text}, and another ${second.text}`);
  if ((await rows.of(tenant)).digest !== after.digest) problems.push("another retry changed something");
  return { isDone, problems };
}
