import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Chunks } from "../unary/unary-call.ts";
import type { Answer, KeptAnswer, SentAnswer } from "./answer.ts";

/** Smaller bodies stay as they are: they fit a packet anyway. */
const minBytes = 1_024;

/** Longer lists of codings are not looked at: no client needs them. */
const maxListLength = 1_024;

/**
 * Compresses an answer with gzip when the client takes it and the body is worth it, unless somebody keeps it in that
 * form, and then at once. The work is done off the main thread.
 */
export function compressAnswer(answer: Answer, acceptEncoding: string): Answer | Promise<Answer>;
export function compressAnswer(answer: Answer | KeptAnswer, acceptEncoding: string): SentAnswer | Promise<SentAnswer>;
export function compressAnswer(answer: Answer | KeptAnswer, acceptEncoding: string): SentAnswer | Promise<SentAnswer> {
  const { plain, compress } = formsOf(answer.body);
  if (compress === undefined) return { ...answer, body: plain() };
  const headers: Record<string, string> = { ...answer.headers, vary: "accept-encoding" };
  if (!takesCoding(acceptEncoding, "gzip")) return { ...answer, headers, body: plain() };
  headers["content-encoding"] = "gzip";
  const body = compress();
  return body instanceof Promise ? body.then((body) => ({ ...answer, headers, body })) : { ...answer, headers, body };
}

type Body = Answer["body"] | KeptAnswer["body"];
type Forms = {
  readonly plain: () => SentAnswer["body"];
  readonly compress: (() => Chunks | Promise<Uint8Array | Chunks>) | undefined;
};

function formsOf(body: Body): Forms {
  if (typeof body === "object" && "plain" in body) return { plain: () => body.plain(), compress: body.gzip };
  const isWorthwhile = Buffer.byteLength(body) >= minBytes;
  return { plain: () => body, compress: isWorthwhile ? () => promisify(gzip)(body) : undefined };
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
