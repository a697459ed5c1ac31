import type { Column, Frame } from "./frame.ts";

/** What stands before the numbers, as JSON. */
type Head = { readonly length: number; readonly truncated: boolean; readonly columns: readonly ColumnHead[] };

/** A column without its numbers. Those of a list of lists follow each other; null stands for a row without a list. */
type ColumnHead =
  | { readonly type: "number"; readonly name: string }
  | { readonly type: "time"; readonly name: string; readonly zoned: boolean }
  | { readonly type: "string"; readonly name: string; readonly values: readonly (string | null)[] }
  | { readonly type: "boolean"; readonly name: string; readonly values: readonly (boolean | null)[] }
  | { readonly type: "numbers"; readonly name: string; readonly lengths: readonly (number | null)[] };

/**
 * Returns a frame as bytes: the head's length in four bytes, little end first, the head, and all numbers one after
 * the other as they are in memory, so that not a bit of them is lost.
 */
export function packFrame({ columns, length, truncated }: Frame): Uint8Array {
  const head: Head = { length, truncated, columns: columns.map(toHead) };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const numbers = columns.flatMap(numbersOf);
  const start = 4 + text.length;
  const bytes = new Uint8Array(start + numbers.reduce((sum, { byteLength }) => sum + byteLength, 0));
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = start;
  for (const each of numbers) {
    bytes.set(new Uint8Array(each.buffer, each.byteOffset, each.byteLength), at);
    at += each.byteLength;
  }
  return bytes;
}

/** Returns the frame that `packFrame` packed. Throws for other bytes, where they are no frame at all. */
export function unpackFrame(bytes: Uint8Array): Frame {
  const headEnd = 4 + new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const { columns, length, truncated } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, headEnd))) as Head;
  let at = headEnd;
  const take = (count: number) => {
    const end = at + count * 8;
    if (end > bytes.length) throw new RangeError("a frame that was cut");
    // A copy of its own: numbers in memory begin at a multiple of 8.
    const numbers = new Float64Array(bytes.slice(at, end).buffer);
    at = end;
    return numbers;
  };
  const frame = { columns: columns.map((head) => toColumn(head, length, take)), length, truncated };
  if (at !== bytes.length) throw new RangeError("a frame with more after it");
  return frame;
}

function toHead(column: Column): ColumnHead {
  const { type, name } = column;
  switch (type) {
    case "number":
      return { type, name };
    case "time":
      return { type, name, zoned: column.zoned };
    case "string":
      return { type, name, values: column.values };
    case "boolean":
      return { type, name, values: column.values };
    case "numbers":
      return { type, name, lengths: column.values.map((list) => list?.length ?? null) };
  }
}

function numbersOf(column: Column): readonly Float64Array[] {
  if (column.type === "number" || column.type === "time") return [column.values];
  return column.type === "numbers" ? column.values.filter((list) => list !== null) : [];
}

function toColumn(head: ColumnHead, length: number, take: (count: number) => Float64Array): Column {
  switch (head.type) {
    case "number":
    case "time":
      return { ...head, values: take(length) };
    case "string":
    case "boolean":
      return head;
    case "numbers": {
      const { type, name, lengths } = head;
      return { type, name, values: lengths.map((count) => (count === null ? null : take(count))) };
    }
  }
}
