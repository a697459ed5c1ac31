import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../src/config/config.ts";
import { createDataFolder, type DataFolder, type RunningService } from "../test/process.ts";
import { timeEach } from "./at-once.ts";
import { atMostBeyond, type Benchmark, type Round } from "./benchmark.ts";
import { memoryOfTree } from "./process-memory.ts";
import { boardId, saltedBoard } from "./salted-board.ts";
import { openStoreServer } from "./store-server.ts";

const tenants = 500;

/** As many as there may be DuckDB processes at once: each tenant with files has one of its own. */
const tenantsWithFiles = 4;

const atOnce = 8;
const rounds = 7;
const mb = 1_000_000;

/** What a deployment has that names no other bound. */
const { cacheMaxBytes } = parseConfig({}, "");

/**
 * The service's processes, DuckDB's among them and its PostgreSQL not, while its cache is full and goes on changing:
 * renders of 500 tenants, counted as the cache counts them, come to one and a half times its bound before the first
 * round, and to another quarter in each. The figure is the sum of the processes' RSS, in MB (10^6 bytes), which has pages
 * that several of them share once for each; what they come to with such pages counted once is told besides.
 */
export const benchmark: Benchmark = {
  name: "memory",
  about: "RSS with the cache full, of 500 tenants, DuckDB's processes included, beside the cache's bound",
  unit: "MB",
  goal: atMostBeyond(200, "MB"),
  run,
};

async function run(progress: (line: string) => void): Promise<readonly Round[]> {
  await using opened = new AsyncDisposableStack();
  const server = await openStoreServer();
  opened.defer(server.close);
  const { url, ownerUrl } = await server.createDatabase("remembered");
  const folder = createDataFolder();
  opened.defer(folder.remove);
  const service = await folder.start({ DATABASE_URL: url, DATABASE_MIGRATE_URL: ownerUrl });
  const tell = (when: string) => {
    const { rss, rootRss, pss, processes } = memoryOfTree(service.pid);
    const parts = `${toMb(rootRss)} MB of them the service's own; shared pages counted once, ${toMb(pss)} MB`;
    progress(`${when}: ${toMb(rss)} MB in ${processes} processes, ${parts}`);
    return rss / mb;
  };
  tell("started");
  const load = await prepareLoad(folder, service);
  await load.renderBytes(cacheMaxBytes * 1.5);
  const took: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await load.renderBytes(cacheMaxBytes / 4);
    await load.renderFiles();
    took.push({ ours: tell(`after ${toMb(load.renderedBytes())} MB of pages`), reference: cacheMaxBytes / mb });
  }
  return took;
}

function toMb(bytes: number): string {
  return (bytes / mb).toFixed(0);
}

type Load = {
  /** Renders pages that were not asked for before, tenant by tenant, until they come to so many bytes. */
  renderBytes(bytes: number): Promise<void>;
  /** Renders a page of each tenant that has files, with a query that was not asked before. */
  renderFiles(): Promise<void>;
  /** Returns how many bytes the pages had up to now. */
  renderedBytes(): number;
};

/** Saves the tenants' boards, and files with a board each for some of them. */
async function prepareLoad(folder: DataFolder, { post }: RunningService): Promise<Load> {
  const call = async (tenant: number, path: string, body: Parameters<typeof post>[1]) => {
    const answer = await post(path, body, { authorization: `Bearer ${tokens[tenant]}` });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { html: string; partial: boolean };
  };
  const tokens: string[] = [];
  await timeEach(tenants, atOnce, async (at) => {
    tokens[at] = await folder.token({ tenant: `tenant-${at}` });
    await call(at, "/definitions", saltedBoard(at));
  });
  await timeEach(tenantsWithFiles, 1, async (at) => {
    writeOrders(join(folder.path, "files", `tenant-${at}`));
    await call(at, "/definitions", filesBoard);
  });
  let [pages, bytes, queries] = [0, 0, 0];
  return {
    async renderBytes(more) {
      const until = bytes + more;
      const renderSome = async () => {
        while (bytes < until) {
          const page = pages++;
          const salt = `${Math.floor(page / tenants)}`;
          const { html } = await call(page % tenants, "/render", { dashboard_id: boardId, filters: { salt } });
          // At the least what the cache counts for it.
          bytes += html.length * 2;
        }
      };
      await Promise.all(Array.from({ length: atOnce }, renderSome));
    },
    async renderFiles() {
      const filters = { least: queries++ };
      await timeEach(tenantsWithFiles, tenantsWithFiles, async (at) => {
        const { partial } = await call(at, "/render", { dashboard_id: "files", filters });
        if (partial) throw new Error("a panel of a file has no data");
      });
    },
    renderedBytes: () => bytes,
  };
}

const filesBoard = {
  dashboard_id: "files",
  layout: {
    title: "Files",
    panels: [{ title: "By region", datasource: "orders", bar: { x: "region", y: ["amount"] } }],
  },
  datasources: [
    {
      id: "orders",
      duckdb: {
        files: [{ path: "orders.csv" }],
        query:
          "select region, sum(amount) as amount from orders where amount >= :least group by region order by region",
      },
    },
  ],
};

function writeOrders(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const rows = Array.from({ length: 200_000 }, (_, at) => `${at},${["IN", "US", "BR"][at % 3]},${(at * 7_919) % 997}`);
  writeFileSync(join(folder, "orders.csv"), ["id,region,amount", ...rows].join("\n"));
}
