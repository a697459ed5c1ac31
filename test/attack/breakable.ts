import type { ServiceProcess } from "./service-process.ts";

/** What can be broken around a service, and mended. */
export type Breakable = {
  /** Breaks something by the names that cases have for it, or mends it, where the operation is that. */
  cause(service: ServiceProcess, target: string, op: string): Promise<void>;
  /** Mends whatever is broken still. */
  mend(): Promise<void>;
  close(): Promise<void>;
};

/** Which operations there are on what: the last of each mends it, where there is anything to mend. */
const operations: Readonly<Record<string, RegExp>> = {
  pg: /^(down|immediate_stop|blackhole|latency_\d+|read_only|max_connections|up)$/,
  jwks: /^(down|blackhole|rotate|garbage|up)$/,
  duckdb_child: /^(sigsegv|sigkill)$/,
  disk: /^(full|free)$/,
  process: /^sigstop_2s$/,
};

/** Whether something of these names can be caused where things can be broken. */
export function isBreakage(target: string, op: string): boolean {
  return Object.hasOwn(operations, target) && operations[target]!.test(op);
}
