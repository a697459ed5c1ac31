import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { createDataFolder, type RunningService } from "../process.ts";
import { createTestDatabase } from "../store/database.ts";
import { duckdbChildrenOf } from "./children.ts";

const test = suite("a process of DuckDB is killed");

/** A sum that is never there in time. */
const endless = "(select sum(a.range * b.range) from range(1000000) a, range(1000000) b)";

const folder = createDataFolder();
let service: RunningService;
let hasEnded = false;

test.before(async () => {
  const database = await createTestDatabase();
  service = await folder.start({ DATABASE_URL: database.url, DATABASE_MIGRATE_URL: database.ownerUrl });
  service.ended.then(() => {
    hasEnded = true;
  });
  const files = join(folder.path, "files", "acme");
  mkdirSync(files, { recursive: true, mode: 0o755 });
  writeFileSync(join(files, "sales.csv"), "v\n1\n");
  chmodSync(join(files, "sales.csv"), 0o644);
  for (const [id, definition] of Object.entries({ quick: rows("sum(v)"), slow: rows(endless) })) {
    assert.is((await service.post("/definitions", { dashboard_id: id, ...definition })).status, 200);
  }
});
test.after(() => folder.remove());

if (process.platform !== "linux") {
  test.skip("the panel has an error, and the next query a process", "only /proc tells which processes there are");
} else {
  for (const signal of ["SIGKILL", "SIGSEGV"] as const) {
    test(`by ${signal} while it runs a query: the panel has an error, and the next query a process`, async () => {
      assert.is((await render("quick")).status, 200);
      const running = service.post("/render", { dashboard_id: "slow" });
      // Whichever process runs it: all of the tenant's are killed, and the one that none has claimed yet.
      await sleep(300);
      const killed = duckdbChildrenOf(service.pid);
      assert.ok(killed.length > 0);
      for (const pid of killed) process.kill(pid, signal);

      const answer = await running;
      const { panels, partial } = (await answer.json()) as { panels: { error: string }[]; partial: boolean };
      assert.equal([answer.status, partial], [200, true]);
      assert.match(panels.map(({ error }) => error).join(), /source_(failed|unavailable)/);

      const killedAtMs = performance.now();
      for (;;) {
        const { status, error } = await render("quick", { at: `${signal}-${performance.now()}` });
        assert.is(status === 200 || status === 503, true, `${status}`);
        if (status === 200 && error === "") break;
        await sleep(20);
      }
      assert.ok(performance.now() - killedAtMs < 10_000, "a failed source is left alone for 2 s at most");
      assert.not(hasEnded, service.output());
      assert.not.match(service.output(), "nothing caught this");
    });
  }
}

test.run();

async function render(id: string, filters: JsonObject = {}) {
  const answer = await service.post("/render", { dashboard_id: id, filters });
  const { panels = [] } = (await answer.json()) as { panels?: { error: string }[] };
  return { status: answer.status, error: panels.map(({ error }) => error).join("") };
}

/** Beside the panel of rows one of words, so that a page is there whatever comes of the query. */
function rows(value: string): JsonObject {
  const query = `select ${value} as v from sales where :at <> ''`;
  return {
    filters: [{ name: "at", type: "string", default: "now" }],
    layout: {
      title: "rows",
      panels: [
        { title: "rows", datasource: "rows", table: {} },
        { title: "sure", datasource: "sure", table: {} },
      ],
    },
    datasources: [
      { id: "rows", duckdb: { files: [{ path: "sales.csv" }], query } },
      { id: "sure", inline: { columns: [{ name: "v" }], rows: [["1"]] } },
    ],
  };
}
