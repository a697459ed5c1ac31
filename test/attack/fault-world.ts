import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { down, hanging, type JwksServer, keySet, startJwksServer } from "../auth/jwks-server.ts";
import { duckdbChildrenOf } from "../fault/children.ts";
import { type OwnPostgres, startOwnPostgres } from "../fault/own-postgres.ts";
import { makeReadOnly, takeAllConnections } from "../fault/postgres-faults.ts";
import { openSmallDisk, type SmallDisk } from "../fault/small-disk.ts";
import type { Breakable } from "./breakable.ts";
import { fixtures } from "./fixtures.ts";
import { publicKeys, rotatedKeys } from "./jwt.ts";
import type { ServiceProcess } from "./service-process.ts";
import { startWorldOn, type World, type WorldOptions } from "./world.ts";

/** Few, so that they can be taken. */
const maxConnections = 40;

/** Starts a service whose database and key server are its own, and can be taken away. */
export async function startFaultWorld(options: WorldOptions): Promise<World> {
  const [postgres, jwks] = await Promise.all([
    startOwnPostgres({ settings: { max_connections: `${maxConnections}` } }),
    startJwksServer(keySet(...publicKeys())),
  ]);
  const breakable = createBreakable(postgres, jwks);
  return startWorldOn({ database: postgres, jwks, fixtures: shortLived, breakable }, options);
}

/** The dashboards of cases, of which each has its own: fresh for a minute, and in no need of a process of DuckDB. */
const shortLived: typeof fixtures = Object.fromEntries(
  Object.entries(fixtures).map(([name, fixture]) => {
    const isSimple = name === "dash_A" || name === "dash_A_cold";
    return [name, { ...fixture, fresh: true, ...(isSimple && { definition: simple }) }];
  }),
);

function simple(dashboardId: string) {
  const filters = ["region", "n"].map((name) => ({ name, type: name === "n" ? "number" : "string" }));
  const columns = [{ name: "region" }, { name: "n", type: "number" }];
  return {
    dashboard_id: dashboardId,
    filters,
    layout: { title: "CANARY_A", panels: [{ title: "Rows", datasource: "rows", table: {} }] },
    datasources: [{ id: "rows", ttl_s: 60, inline: { columns, rows: [["EU", 1]] } }],
  };
}

/** So long after the work of others has begun a server is stopped in the middle of it. */
const amidMs = 300;

type Undo = () => Promise<void> | void;

function createBreakable(postgres: OwnPostgres, jwks: JwksServer): Breakable {
  const { proxy } = postgres;
  const undos: { readonly target: string; readonly undo: Undo }[] = [];
  let disk: SmallDisk | undefined;

  const breakages: Readonly<Record<string, (service: ServiceProcess) => Promise<Undo> | Undo>> = {
    async "pg down"() {
      await proxy.shut();
      return proxy.open;
    },
    async "pg immediate_stop"() {
      await sleep(amidMs);
      await postgres.stopHard();
      return postgres.start;
    },
    "pg blackhole"() {
      proxy.swallow(true);
      return () => proxy.swallow(false);
    },
    "pg read_only": () => makeReadOnly(postgres),
    "pg max_connections": () => takeAllConnections(postgres),
    "jwks down": () => answerKeysBy(down),
    "jwks blackhole": () => answerKeysBy(hanging),
    "jwks rotate": () => answerKeysBy(keySet(...rotatedKeys())),
    "jwks garbage": () => answerKeysBy(endless),
    "duckdb_child sigsegv": (service) => killChildren(service, "SIGSEGV"),
    "duckdb_child sigkill": (service) => killChildren(service, "SIGKILL"),
    async "disk full"() {
      disk ??= await moveToSmallDisk(postgres);
      disk.fill();
      return disk.free;
    },
    "process sigstop_2s"({ pid }) {
      process.kill(pid, "SIGSTOP");
      const timer = setTimeout(() => process.kill(pid, "SIGCONT"), 2_000);
      return () => {
        clearTimeout(timer);
        process.kill(pid, "SIGCONT");
      };
    },
  };

  const mend = async (wanted?: string) => {
    for (const each of undos.toReversed().filter(({ target }) => wanted === undefined || target === wanted)) {
      undos.splice(undos.indexOf(each), 1);
      await each.undo();
    }
  };

  return {
    async cause(service, target, op) {
      if (op === "up" || op === "free") return mend(target);
      const latencyMs = /^latency_(\d+)$/.exec(op)?.[1];
      const undo = latencyMs === undefined ? await breakages[`${target} ${op}`]!(service) : delay(Number(latencyMs));
      undos.push({ target, undo });
    },
    mend: () => mend(),
    async close() {
      await mend();
      disk?.close();
      await postgres.close();
    },
  };

  function delay(ms: number): Undo {
    proxy.delay(ms);
    return () => proxy.delay(0);
  }

  function answerKeysBy(answer: JwksServer["answer"]): Undo {
    jwks.answer = answer;
    return () => {
      jwks.answer = keySet(...publicKeys());
    };
  }
}

/** Kills all processes of a service that run DuckDB. */
function killChildren({ pid }: ServiceProcess, signal: NodeJS.Signals): Undo {
  for (const child of duckdbChildrenOf(pid)) process.kill(child, signal);
  return () => {};
}

/** A hundred megabytes that are no JSON. */
const endless: JwksServer["answer"] = (_, response) => {
  const chunk = Buffer.alloc(65_536, "<p>maintenance</p>");
  const chunks = Array.from({ length: 1_600 }, () => chunk);
  Readable.from(chunks)
    .on("error", () => {})
    .pipe(response)
    .on("error", () => {});
};

async function moveToSmallDisk(postgres: OwnPostgres): Promise<SmallDisk> {
  const disk = await openSmallDisk(32, postgres.account);
  if ("reason" in disk) throw new Error(disk.reason);
  await postgres.run(
    `create tablespace crowded location '${disk.folder}'`,
    "alter table versions set tablespace crowded",
  );
  return disk;
}
