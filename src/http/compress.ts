import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Answer } from "./answer.ts";

/** Smaller bodies stay as they are: they fit a packet anyway. */
const minBytes = 1_024;

/** Longer lists of codings are not looked at: no client needs them. */
const maxListLength = 1_024;

/**
 * Compresses an answer with gzip when the client takes it and the body is worth it. The work is done
 * off the main thread.
 */
export async function compressAnswer(answer: Answer, acceptEncoding: string): Promise<Answer> {
  if (Buffer.byteLength(answer.body) < minBytes) return answer;
  const headers = { ...answer.headers, vary: "accept-encoding" };
  if (!takesCoding(acceptEncoding, "gzip")) return { ...answer, headers };
  const body = await promisify(gzip)(answer.body);
  return { ...answer, headers: { ...headers, "content-encoding": "gzip" }, body };
}

/** Whether a client takes a content coding: it names it, or `*`, with a weight that is not 0 (RFC 9110, 12.5.3). */
export function takesCoding(acceptEncoding: string, coding: string): boolean {
  if (acceptEncoding.length > maxListLength) return false;
  let any = false;
  for (const item of acceptEncoding.toLowerCase().split(",")) {
    const [name = "", ...parameters] = item.split(";").map((part) => part.trim());
    const refused = parameters.some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter));
    if (name === coding) return !refused;
    if (name === "*") any = !refused;
  }
  return any;
}
