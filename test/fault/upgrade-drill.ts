import { setTimeout as sleep } from "node:timers/promises";
import { createDataFolder, type RunningService } from "../process.ts";
import { createTestDatabase, emptyDatabase } from "../store/database.ts";
import { type Caller, createCaller } from "./api.ts";
import { createFleet, type FleetTally } from "./fleet.ts";
import { createLedger, type Tally } from "./ledger.ts";
import type { Progress } from "./progress.ts";
import { prepareLoad, type UpgradeLoad } from "./upgrade-load.ts";

/** How long and how often the releases take turns. */
export type UpgradePlan = {
  /** The folder of the previous release's code. */
  readonly previous: string;
  /** How often it goes forward and back. */
  readonly rounds: number;
  /** For how long each state lasts beyond the start or the end that leads to it. */
  readonly holdMs: number;
  /** The environment of both releases, beside the tests' own. */
  readonly env: Readonly<Record<string, string>>;
  readonly progress: Progress;
};

/** What came of it. */
export type UpgradeFigures = {
  /** What became of saves, by both releases. */
  readonly saves: Tally;
  /** What the clients were answered. */
  readonly calls: FleetTally;
  readonly reads: UpgradeLoad["counts"];
  /** What else does not hold, a line each. */
  readonly problems: readonly string[];
};

/** How long a writer thinks between two saves, so that there are no more than can be read again in the end. */
const thinkMs = 200;

/** How long what is on its way to a process has to reach it, before it closes the socket where connections wait. */
const leaveMs = 200;

/**
 * Upgrades a service and rolls it back, one process after the other as docs/runbook.md says, on one database and under
 * load all the time: the previous release alone, both, the current one alone, both again, the previous one alone. The
 * first current process migrates the database. In the end both releases answer for each save that was acknowledged.
 */
export async function runUpgradeDrill(plan: UpgradePlan): Promise<UpgradeFigures> {
  const { previous, rounds, holdMs, progress } = plan;
  const env = { PUBLIC_URL: "https://links.test", RATE_LINKS_PER_SECOND: "100000", ...plan.env };
  await using opened = new AsyncDisposableStack();
  const folder = createDataFolder();
  opened.defer(folder.remove);
  const database = await createTestDatabase();
  await emptyDatabase(database);
  const token = await folder.token();
  const fleet = createFleet(token);
  const problems: string[] = [];

  /** Starts a process, of this release unless given the folder of another one. */
  const start = async (project?: string) => {
    const urls = { DATABASE_URL: database.url, DATABASE_MIGRATE_URL: database.ownerUrl };
    const service = await folder.start({ ...env, ...urls }, project);
    fleet.join(service.url);
    return service;
  };
  const end = async (service: RunningService) => {
    fleet.leave(service.url);
    await sleep(leaveMs);
    service.signal("SIGTERM");
    if ((await service.ended) !== 0) problems.push(`a process did not end in order: ${service.output()}`);
    if (/"level":"(error|fatal)"/.test(service.output())) problems.push(`a process had errors: ${service.output()}`);
  };
  const hold = async (state: string) => {
    progress(`${state}: ${fleet.tally.answers} answers, ${fleet.tally.problems.length} of them errors`);
    await sleep(holdMs);
  };

  let old = await start(previous);
  const load = await prepareLoad(fleet);
  const ledger = createLedger("upgrade");
  const ending = new AbortController();
  const paced: Caller = async (call, key) => {
    await sleep(thinkMs);
    return fleet.caller(call, key);
  };
  const reading = load.run(ending.signal).catch((error: unknown) => problems.push(`${error}`));
  const writing = ledger.write(paced, ending.signal);

  await hold("the previous release alone");
  for (let round = 1; round <= rounds; round += 1) {
    const current = await start();
    await hold(`round ${round}, both`);
    await end(old);
    await hold(`round ${round}, the current release alone`);
    old = await start(previous);
    await hold(`round ${round}, both, to roll back`);
    await end(current);
    await hold(`round ${round}, the previous release alone`);
  }
  ending.abort();
  const saves = await writing;
  await reading;

  const current = await start();
  for (const { url } of [old, current]) {
    await ledger.read(createCaller(Number(new URL(url).port), token, { keepAlive: true }), saves);
    progress(`${saves.length} saves are read`);
  }
  await ledger.repeat(fleet.caller, saves);
  await ledger.audit(database.superuserUrl);
  await Promise.all([end(old), end(current)]);
  return { saves: ledger.tally, calls: fleet.tally, reads: load.counts, problems };
}
