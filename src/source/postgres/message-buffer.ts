/** Gathers bytes until a message is whole, in time and memory that grow with the bytes, however small they come. */
export type MessageBuffer = {
  /** Adds the next bytes. Returns all that are kept, or undefined while fewer have come than are wanted. */
  add(chunk: Buffer): Buffer | undefined;
  /** Lets the first bytes of what `add` returned go. What is left is kept until so many are there. */
  keep(from: number, wanted: number): void;
};

/** Creates a buffer that wants whatever comes. */
export function createMessageBuffer(): MessageBuffer {
  /** What is kept stands at its beginning; what follows is room. */
  let held: Buffer = none;
  let length = 0;
  let wanted = 0;
  let bytes: Buffer = none;

  return {
    add(chunk) {
      if (length > 0) append(chunk);
      bytes = length > 0 ? held.subarray(0, length) : chunk;
      if (bytes.length >= wanted) return bytes;
      if (length === 0) append(chunk);
      return undefined;
    },
    keep(from, next) {
      wanted = next;
      if (from === 0 && length > 0) return;
      // Whoever was given the first bytes may still look at them: they are not written to any more.
      held = none;
      length = 0;
      append(bytes.subarray(from));
    },
  };

  function append(chunk: Buffer): void {
    if (length + chunk.length > held.length) {
      const larger = Buffer.allocUnsafe(Math.max(length + chunk.length, 2 * held.length));
      held.copy(larger, 0, 0, length);
      held = larger;
    }
    chunk.copy(held, length);
    length += chunk.length;
  }
}

const none: Buffer = Buffer.alloc(0);
