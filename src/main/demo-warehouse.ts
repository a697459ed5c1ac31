import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { create } from "@bufbuild/protobuf";
import { flightsByDay } from "../../demo/warehouse.ts";
import { DuckdbFileSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Column, Frame } from "../frame/frame.ts";
import type { DuckdbPool } from "../source/duckdb/pool.ts";
import type { EmbeddedServer } from "../store/embedded/database.ts";
import { ensureWarehouse } from "../store/embedded/warehouse.ts";

/** The database, and how to log in as the role that may read it. */
export type DemoWarehouse = {
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Whether the password was made by this start, so that one that was saved is wrong. */
  readonly isNew: boolean;
};

/** What the warehouse is made with. */
export type DemoWarehousePlan = {
  readonly server: EmbeddedServer;
  /** Counts the rows, once. */
  readonly duckdb: DuckdbPool;
  /** Whose folder holds the demo's files. */
  readonly tenant: string;
  /** Keeps the reader's password, with mode 0600; made where it is missing. */
  readonly passwordFile: string;
  readonly progress: (line: string) => void;
};

/** How long counting the rows may take: some fifty times what it does. */
const countMs = 60_000;

/**
 * Makes the demo's warehouse in the embedded server, unless it is there: a database and roles of its own, and a
 * password that opens nothing else.
 */
export async function openDemoWarehouse(plan: DemoWarehousePlan): Promise<DemoWarehouse> {
  const { server, duckdb, tenant, passwordFile, progress } = plan;
  const [database, reader] = ["demo_warehouse", "demo_reader"];
  const { password, isNew } = await ensurePassword(passwordFile);
  const { table, shape, edition } = flightsByDay;
  const warehouse = { database, owner: "demo_owner", reader, password, table, shape, edition };
  await ensureWarehouse(server, warehouse, async () => {
    progress("counting 3 million flights into the demo's warehouse (once)");
    return Readable.from(toCopyText(await countFlights(duckdb, tenant)));
  });
  return { database, user: reader, password, isNew };
}

async function ensurePassword(file: string): Promise<{ readonly password: string; readonly isNew: boolean }> {
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept !== "") return { password: kept, isNew: false };
  const password = randomBytes(32).toString("base64url");
  await writeFile(`${file}.part`, password, { mode: 0o600 });
  await rename(`${file}.part`, file);
  return { password, isNew: true };
}

async function countFlights(duckdb: DuckdbPool, tenant: string): Promise<Frame> {
  const { files, query: sql, maxRows } = flightsByDay;
  const located = await duckdb.locate(
    tenant,
    files.map((path) => create(DuckdbFileSchema, { path })),
  );
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), countMs);
  try {
    const job = { ...located, sql, params: {}, timezone: "UTC", maxRows, maxBytes: 64 * 1024 * 1024 };
    return await duckdb.query(tenant, job, deadline.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** PostgreSQL's text format: tabs between values, which none of these holds, and a line a row. */
function* toCopyText({ columns, length }: Frame): Generator<string> {
  const linesAtOnce = 1_000;
  for (let from = 0; from < length; from += linesAtOnce) {
    const rows = Array.from({ length: Math.min(linesAtOnce, length - from) }, (_, index) => from + index);
    yield rows.map((row) => `${columns.map((column) => cellText(column, row)).join("\t")}\n`).join("");
  }
}

function cellText({ type, values }: Column, row: number): string {
  return type === "time" ? new Date(values[row]!).toISOString().slice(0, 10) : `${values[row]}`;
}
