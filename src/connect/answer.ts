import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { CallContext } from "../unary/call-context.ts";
import type { Chunks, KeptBytes } from "../unary/unary-call.ts";

/** An answer that is known whole; names of headers are in lower case. */
export type ConnectAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | KeptBytes;
};

/** What is answered. */
export type Content = {
  readonly status: number;
  /** Bytes that are kept have a form of gzip; where that is not worth it they come as any others. */
  readonly body: Uint8Array | KeptBytes;
  readonly isJson: boolean;
};

/** Of whom and when an answer is compressed. */
export type Compression = {
  /** What the client takes, as it was sent. */
  readonly accepted: string | null;
  /** Fewer bytes are not compressed. */
  readonly minBytes: number;
};

/**
 * Returns an answer with the headers and trailers of its call, compressed if Connect's own handlers would compress it:
 * they take a coding that is named without a weight. JSON that is left plain may be compressed all the same, by
 * whoever sends it, as that of REST is. Rejects only where bytes that are kept cannot be had.
 */
export function toAnswer(
  context: CallContext,
  { status, body, isJson }: Content,
  { accepted, minBytes }: Compression,
): ConnectAnswer | Promise<ConnectAnswer> {
  const headers = context.answerHeaders();
  const trailers = context.answerTrailers();
  for (const name in trailers) headers[`trailer-${name}`] = trailers[name]!;
  const isKept = !(body instanceof Uint8Array);
  if (!takesGzip.test(accepted ?? "") || (!isKept && body.byteLength < minBytes)) {
    return { status, headers, body: isKept && !isJson ? asTheyAre(body.plain()) : body };
  }
  headers["content-encoding"] = "gzip";
  if (!isKept) return promisify(gzip)(body).then((zipped) => ({ status, headers, body: zipped }));
  const zipped = body.gzip!();
  if (!(zipped instanceof Promise)) return { status, headers, body: asTheyAre(zipped) };
  return zipped.then((chunks) => ({ status, headers, body: asTheyAre(chunks) }));
}

const takesGzip = /(^|,)\s*gzip\s*(,|$)/;

/** Chunks that are sent without being copied together, or compressed. */
function asTheyAre(chunks: Chunks): KeptBytes {
  return { plain: () => chunks };
}
