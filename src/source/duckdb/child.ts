/**
 * The entry of a DuckDB process: it gives up what power it has, then answers the queries that the
 * pool sends, one at a time. It runs what tenants write, so nothing here trusts the engine to hold
 * them: the process owns nothing worth having, and the pool kills it when it does not obey.
 */

import { confineProcess } from "./process-confinement.ts";
import type { FromDuckdb, ToDuckdb } from "./protocol.ts";
import { createDuckdbRun } from "./run.ts";

// Everything is loaded by now; afterwards the process may not even be able to read its own code.
const { limited, spent } = confineProcess();
const run = createDuckdbRun();

// An exit would wait for the engine's threads, and the service that wanted their answer is gone.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));

process.on("message", async (message: ToDuckdb) => {
  if (message.kind === "interrupt") return run.interrupt(message.id);
  const answer = await run.query(message.id, message.job);
  send({ kind: "answer", id: message.id, answer, spent: spent() });
});

send({ kind: "ready", limited });

function send(message: FromDuckdb): void {
  process.send!(message);
}
