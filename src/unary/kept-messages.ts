import type { DescMethod, Message } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { LRUCache } from "lru-cache";

/** Messages that were read of the same bytes before. Whoever has one must not change it. */
export type KeptMessages = {
  /**
   * Returns the message of a body, which `read` makes where it is not kept. What `read` throws is not kept. The kind names
   * what the bytes are read as.
   */
  of(kind: string, body: Uint8Array, read: (body: Uint8Array) => Message): Message;
};

/** Whether a method is one whose messages come again: it changes nothing. */
export function isAskedAgain({ idempotency }: DescMethod): boolean {
  return idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
}

/** Longer bodies are seldom sent twice. */
const maxBytes = 512;

/** What a message takes besides its body, which as a message takes some sixty times its bytes at most: 40 MB in all. */
const besidesBytes = 256;
const maxBytesInAll = 1_048_576;

/**
 * Creates the keeping of messages: dashboards are asked for in the same few bytes over and over. A message is the same
 * for whoever sends it, so that tenants may share it.
 */
export function createKeptMessages(): KeptMessages {
  const known = new LRUCache<string, Message>({ maxSize: maxBytesInAll });
  return {
    of(kind, body, read) {
      if (body.byteLength > maxBytes) return read(body);
      // Each byte is a character, whatever it stands for.
      const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
      const key = `${kind} ${text}`;
      const kept = known.get(key);
      if (kept !== undefined) return kept;
      // A copy: what of it stays in the message would hold on to all that came with it.
      const message = read(new Uint8Array(body));
      known.set(key, message, { size: besidesBytes + body.byteLength });
      return message;
    },
  };
}
