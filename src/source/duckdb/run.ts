import { setImmediate } from "node:timers/promises";
import { type DuckDBConnection, DuckDBInstance, StatementType } from "@duckdb/node-api";
import type { Frame } from "../../frame/frame.ts";
import { readFrame } from "./frame.ts";
import { engineOptions, lockDownSql } from "./lock-down.ts";
import { bindParameters } from "./parameters.ts";
import type { DuckdbAnswer, DuckdbJob } from "./protocol.ts";
import { createTables } from "./tables.ts";

/** Runs queries inside a DuckDB process, each in an engine of its own. */
export type DuckdbRun = {
  /** Runs a query. Never rejects; what the engine says of a failure stays here, but for its class. */
  query(id: number, job: DuckdbJob): Promise<DuckdbAnswer>;
  /** Stops the query of that id, if it is the one that runs. */
  interrupt(id: number): void;
};

type Engine = { readonly instance: DuckDBInstance; readonly connection: DuckDBConnection };

/** Creates what runs queries; one at a time. The next one's engine is started ahead, which takes some 15 ms. */
export function createDuckdbRun(): DuckdbRun {
  let running: { readonly id: number; readonly connection: DuckDBConnection } | undefined;
  let next = startEngine();

  return {
    async query(id, job) {
      let engine: Engine | undefined;
      try {
        engine = await next;
        const { connection } = engine;
        running = { id, connection };
        return { frame: await select(connection, job) };
      } catch (error) {
        return { category: categoryOf(error) };
      } finally {
        running = undefined;
        // An engine's locks cannot be set anew for other files, and nothing must outlive a query.
        engine?.connection.closeSync();
        engine?.instance.closeSync();
        next = startEngine();
      }
    },

    interrupt(id) {
      if (running?.id === id) running.connection.interrupt();
    },
  };
}

/** In a moment, when whoever waits for an answer has it. */
function startEngine(): Promise<Engine> {
  const started = setImmediate().then(async () => {
    const instance = await DuckDBInstance.create(":memory:", engineOptions);
    return { instance, connection: await instance.connect() };
  });
  // Whoever wants it hears of a failure.
  started.catch(() => {});
  return started;
}

async function select(connection: DuckDBConnection, job: DuckdbJob): Promise<Frame> {
  await createTables(connection, job.tables ?? []);
  await connection.run(lockDownSql(job));
  const statements = await connection.extractStatements(job.sql);
  if (statements.count !== 1) throw new Error("Statement Error: not one statement");
  const statement = await statements.prepare(0);
  if (statement.statementType !== StatementType.SELECT) throw new Error("Statement Error: not a SELECT");
  bindParameters(statement, job.params, job.timezone);
  return readFrame(await statement.stream(), job);
}

/** DuckDB's messages start with their class, as `Binder Error: `, and go on with queries, data and paths. */
function categoryOf(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  return (
    /^(?:Failed to extract statements: )?([A-Z][A-Za-z]*(?: [A-Za-z]+){0,3} Error): /.exec(message)?.[1] ?? "Error"
  );
}
