import type { Readable } from "node:stream";
import { networkFailure } from "../network-failure.ts";
import { SourceError, type SourceFailure } from "../source-error.ts";

/**
 * Returns what a refusal comes to, by the server's own code, or by the status of whatever answered.
 *
 * @param lines how many lines the statement has, of which one may be named; 0 for none
 */
export async function refusal(
  body: Readable,
  { status, code, lines }: { readonly status: number; readonly code: unknown; readonly lines: number },
): Promise<SourceError> {
  const text = await beginningOf(body);
  const known = typeof code === "string" && /^\d{1,5}$/.test(code) ? Number(code) : codeIn(text);
  return known === undefined ? byStatus(status) : byCode(known, lineIn(text, lines));
}

/** Returns what an answer comes to that breaks off with that text. */
export function breakFailure(text: string): SourceError {
  const code = codeIn(text);
  if (code !== undefined) return byCode(code);
  return new SourceError("source_failed", "the answer breaks off, or is not ClickHouse's");
}

/** Returns an error of the network, of TLS or of HTTP in words, any other as it is. */
export function toSourceError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SourceError) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code.startsWith("HPE_")) {
    return new SourceError("source_failed", "the answer is not HTTP: does the host speak TLS on this port?");
  }
  return networkFailure(code) ?? error;
}

/** Of a body without bound. */
const maxTextBytes = 65_536;

async function beginningOf(body: Readable): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > maxTextBytes) break;
  }
  return text;
}

/** As servers of all ages write it: `Code: 60. DB::Exception: …` or `Code: 60, e.displayText() = …`. */
function codeIn(text: string): number | undefined {
  const code = /\bCode: (\d{1,5})[.,]/.exec(text)?.[1];
  return code === undefined ? undefined : Number(code);
}

function byStatus(status: number): SourceError {
  const [failure, words] = statuses.get(status) ?? ["source_failed", "what answers is not ClickHouse's HTTP interface"];
  return new SourceError(failure, `${words} (HTTP ${status})`);
}

function byCode(code: number, line?: number): SourceError {
  const [failure, words] = codes.get(code) ?? ["source_failed", "the query fails"];
  const where = code === syntaxError && line !== undefined ? `line ${line}: ` : "";
  return new SourceError(failure, `${where}${words} (${code})`);
}

/** What goes wrong behind the statement's last line goes wrong at its end. */
function lineIn(text: string, lines: number): number | undefined {
  const line = Number(/\(line (\d{1,6}), col \d+\)/.exec(text)?.[1] ?? Number.NaN);
  return lines > 0 && line > 0 ? Math.min(line, lines) : undefined;
}

type Words = readonly [SourceFailure, string];

const statuses: ReadonlyMap<number, Words> = new Map<number, Words>([
  [301, ["source_failed", "the answer is a redirect, which is not followed"]],
  [302, ["source_failed", "the answer is a redirect, which is not followed"]],
  [307, ["source_failed", "the answer is a redirect, which is not followed"]],
  [308, ["source_failed", "the answer is a redirect, which is not followed"]],
  [400, ["source_failed", "the request is refused"]],
  [401, ["source_failed", "the user or password is refused"]],
  [403, ["source_failed", "the user or password is refused"]],
  [413, ["source_failed", "the query or its filters' values are too long"]],
  [414, ["source_failed", "the filters' values are too long"]],
  [431, ["source_failed", "the filters' values are too long"]],
  [429, ["source_unavailable", "too many queries run already"]],
  [502, ["source_unavailable", "the server is not available"]],
  [503, ["source_unavailable", "the server is not available"]],
  [504, ["source_unavailable", "the server is not available"]],
]);

const syntaxError = 62;

/** @see https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp */
const codes: ReadonlyMap<number, Words> = new Map<number, Words>([
  [6, ["source_failed", "a text cannot be read as a number or time"]],
  [10, ["source_failed", "no such column"]],
  [16, ["source_failed", "no such column"]],
  [27, ["source_failed", "a text cannot be read as what it stands for"]],
  [36, ["source_failed", "an argument does not fit"]],
  [38, ["source_failed", "a text cannot be read as a date"]],
  [41, ["source_failed", "a text cannot be read as a time"]],
  [42, ["source_failed", "a function has too many arguments or too few"]],
  [43, ["source_failed", "a function does not take an argument of that type"]],
  [46, ["source_failed", "no such function"]],
  [47, ["source_failed", "no such column"]],
  [53, ["source_failed", "types do not go together"]],
  [60, ["source_failed", "no such table"]],
  [syntaxError, ["source_failed", "there is a syntax error"]],
  [72, ["source_failed", "a text cannot be read as a number"]],
  [81, ["source_failed", "no such database"]],
  [115, ["source_failed", "no such setting"]],
  [158, ["source_failed", "the query reads more rows than the user may"]],
  [159, ["source_timeout", "the query took too long"]],
  [160, ["source_timeout", "the query would take too long"]],
  [164, ["source_failed", "the query does more than read, or the user may not set its limits"]],
  [192, ["source_failed", "the user or password is refused"]],
  [193, ["source_failed", "the user or password is refused"]],
  [194, ["source_failed", "the user or password is refused"]],
  [195, ["source_failed", "the user may not log in from here"]],
  [198, ["source_unavailable", "a shard's host does not resolve"]],
  [201, ["source_unavailable", "the user's quota is used up"]],
  [202, ["source_unavailable", "too many queries run already"]],
  [209, ["source_unavailable", "a shard does not answer"]],
  [210, ["source_unavailable", "a shard is not reached"]],
  [215, ["source_failed", "a column is neither aggregated nor grouped by"]],
  [241, ["source_failed", "the query takes more memory than it may"]],
  [279, ["source_unavailable", "no replica of a shard is reached"]],
  [291, ["source_failed", "the user may not use that database"]],
  [307, ["source_failed", "the query reads more bytes than the user may"]],
  [386, ["source_failed", "types do not go together"]],
  [394, ["source_failed", "the query was killed"]],
  [396, ["source_failed", "the result is larger than the user may have"]],
  [452, ["source_failed", "the user's profile does not allow the limits that are set"]],
  [456, ["source_failed", "the query has a parameter that nothing binds; write `:name`"]],
  [457, ["source_failed", "a filter's value does not fit"]],
  [497, ["source_failed", "the user may not do that"]],
  [516, ["source_failed", "the user or password is refused"]],
]);
