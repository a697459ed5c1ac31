import type { Readable } from "node:stream";
import type { createClient } from "@clickhouse/client";
import { SourceError } from "../source-error.ts";
import { refusal } from "./failure.ts";
import type { ParameterValue } from "./parameters.ts";

/** The driver. */
export type ClickhouseClient = ReturnType<typeof createClient>;

/** A statement, and what goes with it by name. */
export type ClickhouseQuestion = {
  readonly query: string;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether the lines are those that the statement's author counts. By default they are not. */
  readonly ownLines?: boolean;
  readonly signal: AbortSignal;
};

/**
 * Asks, and returns the answer's body as it comes, in the format JSONCompact: servers of every age have that,
 * and unlike those of rows alone it has an end, by which a whole answer is told from one that broke off. The
 * body ends when the signal aborts. Throws SourceError for every answer but a good one.
 *
 * Parameters go in the address: servers also take a form, but leave out settings then whose names end in
 * `_format`, and times would be others.
 */
export async function askClickhouse(
  client: ClickhouseClient,
  { query, parameters = {}, settings = {}, ownLines = false, signal }: ClickhouseQuestion,
): Promise<Readable> {
  signal.throwIfAborted();
  if (JSON.stringify(parameters).length > maxParameters) {
    throw new SourceError("source_failed", "the filters' values are too long for ClickHouse");
  }
  // The driver's own reading of refusals has no bound.
  const answer = await client.exec({
    query: `${query}\nFORMAT JSONCompact`,
    query_params: parameters,
    clickhouse_settings: settings,
    ignore_error_response: true,
    decompress_response_stream: false,
    abort_signal: signal,
  });
  const { stream, response_headers: headers, http_status_code: status = 0 } = answer;
  const end = () => stream.destroy();
  signal.addEventListener("abort", end);
  stream.once("close", () => signal.removeEventListener("abort", end));
  if (signal.aborted) end();
  if ((headers["content-encoding"] ?? "identity") !== "identity") {
    end();
    throw new SourceError("source_failed", "the answer is compressed, though that was not asked for");
  }
  const code = headers["x-clickhouse-exception-code"];
  if (status === 200 && code === undefined) return stream;
  throw await refusal(stream, { status, code, lines: ownLines ? query.split("\n").length : 0 });
}

/** Servers take 128 KiB for one, and 1 MiB for an address, in which a character may be nine. */
const maxParameters = 100_000;
