import type { DescMethod, Message } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { LRUCache } from "lru-cache";

/** Messages that were read of the same bytes before. Whoever has one must not change it. */
export type KeptMessages = {
  /** Returns the message of a body, which `read` makes where it is not kept. What `read` throws is not kept. */
  of(body: Uint8Array, read: (body: Uint8Array) => Message): Message;
};

/** Whether a method is one whose messages come again: it changes nothing. */
export function isAskedAgain({ idempotency }: DescMethod): boolean {
  return idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
}

/** Longer bodies are seldom sent twice. */
const maxBytes = 1_024;

/** As a message a body takes some sixty times its bytes at most: 16 MiB in all. */
const maxBytesInAll = 262_144;

/**
 * Creates the keeping of messages of one kind: dashboards are asked for in the same few bytes over and over. A message is
 * the same for whoever sends it, so that tenants may share it.
 */
export function createKeptMessages(): KeptMessages {
  const known = new LRUCache<string, Message>({ maxSize: maxBytesInAll });
  return {
    of(body, read) {
      if (body.byteLength > maxBytes) return read(body);
      // Each byte is a character, whatever it stands for.
      const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
      const kept = known.get(text);
      if (kept !== undefined) return kept;
      const message = read(body);
      known.set(text, message, { size: Math.max(1, body.byteLength) });
      return message;
    },
  };
}
