import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { bodyTooLarge } from "../errors/body-too-large.ts";
import { fault } from "../errors/fault.ts";
import type { Chunks } from "../unary/unary-call.ts";

/**
 * gRPC's length-prefixed messages (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): whether it is
 * compressed in a byte, its length in four.
 */
export const prefixBytes = 5;

/** Returns a message with its prefix. */
export function toEnvelope(message: Chunks, isCompressed: boolean): Uint8Array {
  const prefix = Buffer.allocUnsafe(prefixBytes);
  prefix.writeUInt8(isCompressed ? 1 : 0);
  prefix.writeUInt32BE(
    message.reduce((sum, { byteLength }) => sum + byteLength, 0),
    1,
  );
  return Buffer.concat([prefix, ...message]);
}

/**
 * Returns the one message of a body, which has no more than `maxBytes` once it is no longer compressed. Throws
 * INVALID_REQUEST for bytes that are none, UNSUPPORTED_CONTENT where there is no message or more than one,
 * BODY_TOO_LARGE.
 */
export async function readEnvelope(body: Uint8Array, isGzip: boolean, maxBytes: number): Promise<Uint8Array> {
  const { byteLength, byteOffset, buffer } = body;
  if (byteLength === 0) throw notOne();
  if (byteLength < prefixBytes) throw broken();
  const view = new DataView(buffer, byteOffset, byteLength);
  const length = view.getUint32(1);
  if (length > maxBytes) throw bodyTooLarge(maxBytes);
  if (byteLength - prefixBytes < length) throw broken();
  if (byteLength - prefixBytes > length) throw notOne();
  const message = body.subarray(prefixBytes);
  if ((view.getUint8(0) & 1) === 0) return message;
  if (!isGzip) throw broken();
  try {
    return await promisify(gunzip)(message, { maxOutputLength: maxBytes });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? bodyTooLarge(maxBytes) : broken();
  }
}

function notOne(): Error {
  return fault("UNSUPPORTED_CONTENT", "send one message, as it is or compressed with gzip");
}

function broken(): Error {
  return fault("INVALID_REQUEST", "the message cannot be decoded");
}
