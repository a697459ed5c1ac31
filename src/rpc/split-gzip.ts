import { promisify } from "node:util";
import { constants, crc32, deflateRaw } from "node:zlib";
import type { Chunks } from "../unary/unary-call.ts";

/** A beginning that many texts have, whose compressed form serves them all. */
export type CompressedHead = { readonly bytes: Uint8Array; readonly crc: number; readonly length: number };

/** Of a member without a name or a time, of no particular system (RFC 1952, section 2.3). */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** A block that is stored as it is has so many bytes at most (RFC 1951, section 3.2.4). */
const maxStored = 0xffff;

/** Compresses the beginning of texts, off the main thread. What follows it begins at a whole byte. */
export async function compressHead(head: Uint8Array): Promise<CompressedHead> {
  const deflated = await promisify(deflateRaw)(head, { finishFlush: constants.Z_SYNC_FLUSH });
  return { bytes: Buffer.concat([header, deflated]), crc: crc32(head), length: head.byteLength };
}

/**
 * Returns a text in the form of gzip (RFC 1952), its beginning compressed before and, in a chunk of its own, its end stored
 * as it is: some hundred bytes that change often are not worth compressing all that stands before them anew.
 */
export function gzipWithTail(head: CompressedHead, tail: Uint8Array): Chunks {
  const parts: Uint8Array[] = [];
  for (let from = 0; from === 0 || from < tail.byteLength; from += maxStored) {
    const stored = tail.subarray(from, from + maxStored);
    const isLast = from + maxStored >= tail.byteLength;
    const block = Buffer.alloc(5);
    block.writeUInt8(isLast ? 1 : 0);
    block.writeUInt16LE(stored.byteLength, 1);
    block.writeUInt16LE(stored.byteLength ^ 0xffff, 3);
    parts.push(block, stored);
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(tail, head.crc));
  trailer.writeUInt32LE((head.length + tail.byteLength) % 2 ** 32, 4);
  parts.push(trailer);
  return [head.bytes, Buffer.concat(parts)];
}
