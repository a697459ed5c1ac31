import { fault } from "../errors/fault.ts";

/**
 * Reads a body whole. Throws BODY_TOO_LARGE as soon as it has, or by its headers will have, more than
 * `maxBytes`; UNSUPPORTED_CONTENT for a body that is encoded or is not JSON in UTF-8, before a byte of
 * it is read; CANCELED when the caller goes away.
 */
export async function readBody(
  header: Headers,
  body: AsyncIterable<Uint8Array>,
  takesJson: boolean,
  maxBytes: number,
): Promise<Uint8Array> {
  if (!(header.get("content-encoding") ?? "identity").match(/^identity$/i)) {
    throw fault("UNSUPPORTED_CONTENT", "encoded bodies are not read: leave Content-Encoding out");
  }
  if (takesJson && !jsonType.test(header.get("content-type") ?? "")) {
    throw fault("UNSUPPORTED_CONTENT", "Content-Type must be application/json, in UTF-8");
  }
  if (Number(header.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  let kept = Buffer.alloc(0);
  let bytes = 0;
  try {
    for await (const chunk of body) {
      const before = bytes;
      bytes += chunk.byteLength;
      if (bytes > maxBytes) break;
      // Copied together: kept as it came, a body in pieces of a byte would take a hundred times its size.
      if (bytes > kept.byteLength) kept = Buffer.concat([kept.subarray(0, before)], Math.max(bytes, 2 * before));
      kept.set(chunk, before);
    }
  } catch (cause) {
    throw fault("CANCELED", "the caller went away", { cause });
  }
  if (bytes > maxBytes) throw tooLarge(maxBytes);
  return kept.subarray(0, bytes);
}

const jsonType = /^application\/json *(; *charset="?utf-8"?)? *$/i;

function tooLarge(maxBytes: number): Error {
  return fault("BODY_TOO_LARGE", `the body may have at most ${maxBytes} bytes`);
}
