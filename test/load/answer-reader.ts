import type { LoadAnswer } from "./sender.ts";

/** An answer, and whether the connection that it came by takes no more requests. */
type ReadAnswer = LoadAnswer & { readonly closes: boolean };

/** Takes in what a connection has brought; returns an answer once it is whole, and begins anew then. */
export type AnswerReader = (buffer: Buffer, length: number) => ReadAnswer | undefined;

/**
 * Creates the reading of answers to requests that are sent one after another. It knows no more of HTTP/1.1 than what
 * the service sends to whoever loads it: answers that say their length. Any other has the status 0 and its problem.
 */
export function createAnswerReader(wantsBody: boolean): AnswerReader {
  /** Of a head that has not arrived whole. */
  let begun = "";
  let head: Omit<ReadAnswer, "body"> | undefined;
  let missing = 0;
  let chunks: Buffer[] = [];

  return (buffer, length) => {
    let from = 0;
    if (head === undefined) {
      begun += buffer.toString("latin1", 0, length);
      const end = begun.indexOf("\r\n\r\n");
      if (end < 0) return undefined;
      const text = begun.slice(0, end + 2);
      from = end + 4 - (begun.length - length);
      begun = "";
      const status = Number(text.slice("HTTP/1.1 ".length, "HTTP/1.1 ".length + 3));
      const size = headerOf(text, "content-length");
      if (size === undefined && status !== 204 && status !== 304) return unread(text);
      missing = Number(size ?? 0);
      head = { status, retryAfter: headerOf(text, "retry-after"), closes: headerOf(text, "connection") === "close" };
    }
    missing -= length - from;
    if (missing < 0) return unread("more than was asked for");
    if (wantsBody && length > from) chunks.push(Buffer.from(buffer.subarray(from, length)));
    if (missing > 0) return undefined;
    const answer = { ...head, body: chunks.length === 0 ? "" : Buffer.concat(chunks).toString() };
    head = undefined;
    chunks = [];
    return answer;
  };
}

function unread(what: string): ReadAnswer {
  return { status: 0, problem: `cannot be read: ${what}`, retryAfter: undefined, body: "", closes: true };
}

/** Names of headers stand at the beginning of a line, in whatever case (RFC 9112, section 5). */
function headerOf(head: string, name: string): string | undefined {
  const [, value] = patterns[name]!.exec(head) ?? [];
  return value;
}

const patterns: Readonly<Record<string, RegExp>> = Object.fromEntries(
  ["content-length", "retry-after", "connection"].map((name) => [
    name,
    new RegExp(`\\r\\n${name}: *([^\\r]*)\\r`, "i"),
  ]),
);
