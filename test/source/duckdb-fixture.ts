import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { DuckdbFileSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Binding } from "../../src/definition/filter-value.ts";
import type { Column, Frame } from "../../src/frame/frame.ts";
import { createLog } from "../../src/log/log.ts";
import { createDuckdbPool, type DuckdbPool, type DuckdbPoolOptions } from "../../src/source/duckdb/pool.ts";
import { SourceError } from "../../src/source/source-error.ts";

/** What only the tenant `other` may read. */
export const canary = "CANARY-OF-OTHER";

/** Two tenants' folders, readable by everybody as the pool asks. */
export type Folders = { readonly filesDir: string; remove(): void };

/** Makes the folders: `acme` has `t.csv`, `weather.csv` and an undeclared `hidden.csv`, `other` a secret. */
export function createFolders(): Folders {
  const filesDir = mkdtempSync(join(tmpdir(), "duckdb-files-"));
  chmodSync(filesDir, 0o755);
  for (const tenant of ["acme", "other"]) mkdirSync(join(filesDir, tenant), { mode: 0o755 });
  const weather = new URL("../../node_modules/vega-datasets/data/seattle-weather.csv", import.meta.url);
  copyFileSync(weather, join(filesDir, "acme/weather.csv"));
  writeFileSync(join(filesDir, "acme/t.csv"), "n,word\n1,one\n2,two\n");
  writeFileSync(join(filesDir, "acme/hidden.csv"), `v\n${canary}\n`);
  writeFileSync(join(filesDir, "other/secret.csv"), `v\n${canary}\n`);
  return { filesDir, remove: () => rmSync(filesDir, { recursive: true }) };
}

/** Creates a pool of four small processes over the folders. */
export function createPool({ filesDir }: Folders, options: Partial<DuckdbPoolOptions> = {}): DuckdbPool {
  return createDuckdbPool({
    filesDir,
    maxChildren: 4,
    maxChildrenPerTenant: 2,
    idleMs: 60_000,
    graceMs: 300,
    log: createLog("silent"),
    ...options,
  });
}

/** What to ask; the tenant is `acme`, the file `t.csv`, the zone UTC and the deadline 10 s unless said. */
export type Question = {
  readonly tenant?: string;
  readonly files?: readonly string[];
  readonly params?: Binding;
  readonly timezone?: string;
  readonly maxRows?: number;
  readonly maxBytes?: number;
  readonly deadlineMs?: number;
};

/** Asks the pool and returns the frame. */
export async function ask(pool: DuckdbPool, sql: string, question: Question = {}): Promise<Frame> {
  const { tenant = "acme", files = ["t.csv"], params = {}, timezone = "UTC", deadlineMs = 10_000 } = question;
  const { maxRows = 10_000, maxBytes = 4 << 20 } = question;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  try {
    const located = await pool.locate(
      tenant,
      files.map((path) => create(DuckdbFileSchema, { path })),
    );
    const job = { ...located, sql, params, timezone, maxRows, maxBytes };
    return await pool.query(tenant, job, deadline.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks, and returns the failure in place of a frame. */
export async function failureOf(answer: Promise<unknown>): Promise<SourceError> {
  const error = await answer.then(
    () => new Error("there is an answer"),
    (reason: unknown) => reason,
  );
  if (error instanceof SourceError) return error;
  throw error;
}

/** Returns a column's values as an array. */
export function valuesOf(column: Column | undefined): unknown[] {
  return [...(column?.values ?? [])];
}

/** Returns lists of numbers as arrays. */
export function listsOf(values: readonly unknown[]): (number[] | null)[] {
  return values.map((list) => (list === null ? null : [...(list as Float64Array)]));
}

/** Returns the DuckDB processes that this one has started, newest last. Linux only. */
export function childPids(): number[] {
  const lists = readdirSync("/proc/self/task").map((task) => readOrEmpty(`/proc/self/task/${task}/children`));
  return lists
    .flatMap((list) => list.split(" "))
    .filter((pid) => pid !== "" && readOrEmpty(`/proc/${pid}/cmdline`).includes("duckdb/child.ts"))
    .map(Number)
    .sort((a, b) => a - b);
}

/** A process may end between being listed and being looked at. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Resolves when the condition holds; fails after 5 s. */
export async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error("it never came");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
