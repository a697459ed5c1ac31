import { createTurns } from "../src/store/call.ts";
import { createPool, type Pool } from "../src/store/pool.ts";
import { createSaveOnce } from "../src/store/save-once.ts";
import { onConnection } from "../test/store/database.ts";
import { timeEach } from "./at-once.ts";
import { type Benchmark, type Round, speedAtLeast } from "./benchmark.ts";
import { numberedJson, numberMark } from "./definition-json.ts";
import { type PreparedSave, prepareSave, savePrepared } from "./definition-save.ts";
import { openStoreServer } from "./store-server.ts";

const tenants = 400;
const savesARound = 2_000;
const atOnce = 16;
const rounds = 9;
const warmUpRounds = 2;

/**
 * The store's save of a dashboard's next version of about 1 KB, 16 at once, beside one INSERT of the version's
 * row: into a table of the same columns, checks and primary key, without triggers or row security, by a prepared
 * statement that commits by itself, over the same pool and to the same disk.
 */
export const benchmark: Benchmark = {
  name: "save",
  about: "a save with version, digest, audit entry and idempotency key, beside a plain INSERT of its row by one pool",
  unit: "us of time a save, 16 at once",
  goal: speedAtLeast(0.4),
  run,
};

async function run(progress: (line: string) => void): Promise<readonly Round[]> {
  const server = await openStoreServer();
  try {
    const { url, ownerUrl } = await server.createDatabase("saves");
    await onConnection(ownerUrl, async ({ sql }) => {
      await sql.unsafe("create table plain_versions (like versions including all)");
      await sql.unsafe("grant insert on plain_versions to dash_app");
    });
    const pool = createPool(url, { session: true });
    try {
      const saveOnce = createSaveOnce(createTurns(pool));
      const took: Round[] = [];
      for (let round = 0; round < warmUpRounds + rounds; round += 1) {
        // Both hash what they save before the clock runs, and each gets objects that nobody has used.
        const [saves, rows] = [prepareSaves(round), prepareSaves(round)];
        const ours = await timeAll((at) => savePrepared(saveOnce, saves[at]!));
        const reference = await timeAll((at) => insert(pool, rows[at]!, round * savesARound + at + 1));
        if (round < warmUpRounds) continue;
        took.push({ ours, reference });
        progress(`${ours.toFixed(0)} us a save, ${reference.toFixed(0)} us an INSERT`);
      }
      await checkCounts(ownerUrl);
      return took;
    } finally {
      await pool.close();
    }
  } finally {
    await server.close();
  }
}

function prepareSaves(round: number): readonly PreparedSave[] {
  return Array.from({ length: savesARound }, (_, at) =>
    prepareSave(`tenant-${at % tenants}`, "bench", numberedJson.replace(numberMark, `of save ${at} in round ${round}`)),
  );
}

/** Returns the microseconds that one takes while so many are under way. */
async function timeAll(work: (at: number) => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await timeEach(savesARound, atOnce, work);
  return ((performance.now() - startMs) / savesARound) * 1_000;
}

function insert(pool: Pool, { call: { tenant }, save }: PreparedSave, version: number): Promise<unknown> {
  const { dashboardId, json: content, digest, author, note } = save;
  return pool.use(
    tenant,
    3_500,
    ({ sql }) => sql`
      insert into plain_versions (tenant_id, dashboard_id, version, content, digest, author, note)
      values (${tenant}, ${dashboardId}, ${version}, ${content}, ${digest}, ${author}, ${note})`,
  );
}

/** Throws unless every save of both is there: one that was not kept would have been quick. */
async function checkCounts(ownerUrl: string): Promise<void> {
  const expected = (warmUpRounds + rounds) * savesARound;
  await onConnection(ownerUrl, async ({ sql }) => {
    const [counted] = await sql<{ plain: number; saved: number }[]>`
      select (select count(*) from plain_versions)::integer as plain,
        (select sum(versions) from list_tenants('', ${tenants + 1}))::integer as saved`;
    if (counted!.plain !== expected || counted!.saved !== expected) throw new Error("not every save was kept");
  });
}
