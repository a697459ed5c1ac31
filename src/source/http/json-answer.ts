import { setImmediate as nextTurn } from "node:timers/promises";
import { SourceError } from "../source-error.ts";
import { isHeld, scanJson } from "./json-scan.ts";
import { createPause } from "./pause.ts";

/** A list or object deeper than this is nothing that a table shows. */
const maxDepth = 32;

/** As many as 5 MiB hold at 10 bytes each. Parsing stops everybody else for some 80 ms at most. */
const maxValues = 500_000;

/**
 * Parses an answer (RFC 8259) of at most some megabytes: UTF-8, at most 32 levels and 500,000 values. A number
 * that would lose a digit becomes a text that `longNumber` knows. Throws `source_failed` for anything else.
 */
export async function parseJsonAnswer(bytes: Uint8Array): Promise<unknown> {
  const text = decode(bytes);
  if (text.trim() === "") throw failed("the answer is empty");
  const { depth, values, longNumbers } = scanJson(text);
  if (depth > maxDepth) throw failed(`the answer has more than ${maxDepth} levels`);
  if (values > maxValues) throw failed(`the answer has more than ${maxValues} values`);
  if (markEscaped.test(text)) throw failed("the answer holds text that is not Unicode");
  // Each step takes some time, and others are waiting.
  await nextTurn();
  const marked = await markNumbers(text, longNumbers);
  await nextTurn();
  try {
    return JSON.parse(marked);
  } catch {
    // The parser's own message quotes the answer.
    throw failed("the answer is not JSON");
  }
}

/** Returns the digits of a number that no double holds; undefined for any other value. */
export function longNumber(value: unknown): string | undefined {
  return typeof value === "string" && value.startsWith(mark) ? value.slice(mark.length) : undefined;
}

/** Returns the JSON of a value that was parsed, with the digits that its numbers came with. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(markedInJson, "$1");
}

/** Second halves of characters without a first, which UTF-8 does not have: JSON can only name them. */
const mark = "\udc00\udc00";

const markEscaped = /\\udc00\\udc00/i;

/** JSON.stringify writes half characters as escapes. */
const markedInJson = /"\\udc00\\udc00([^"]*)"/g;

/** There may be hundreds of thousands of numbers to judge, of which each takes microseconds. */
async function markNumbers(text: string, longNumbers: readonly number[]): Promise<string> {
  const pause = createPause();
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < longNumbers.length; at += 2) {
    const [start, end] = [longNumbers[at]!, longNumbers[at + 1]!];
    const number = text.slice(start, end);
    const turn = pause();
    if (turn !== undefined) await turn;
    if (isHeld(number)) continue;
    pieces.push(text.slice(from, start), `"${mark}`, number, '"');
    from = end;
  }
  return pieces.join("") + text.slice(from);
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw failed("the answer is not UTF-8");
  }
}

/** A byte order mark at the beginning is passed over, as RFC 8259 allows. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

function failed(category: string): SourceError {
  return new SourceError("source_failed", category);
}
