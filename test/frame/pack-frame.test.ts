import * as fc from "fast-check";
import * as assert from "uvu/assert";
import type { Column, Frame } from "../../src/frame/frame.ts";
import { packFrame, unpackFrame } from "../../src/frame/pack-frame.ts";
import { suite } from "../harness.ts";

const test = suite("packed frames");

const doubles = (length: number) =>
  fc.array(fc.double(), { minLength: length, maxLength: length }).map((list) => Float64Array.from(list));

/** Any text, also half of a surrogate pair, as a source may give it. */
const text = fc.string({ unit: "binary" }).map((each) => (each.length > 2 ? `${each}\ud800` : each));

const plain = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { noNullPrototype: true });

const columnOf = (length: number): fc.Arbitrary<Column> => {
  const rows = <T>(cell: fc.Arbitrary<T>) => fc.array(fc.option(cell), { minLength: length, maxLength: length });
  return fc.oneof(
    plain({ type: fc.constant("number" as const), name: text, values: doubles(length) }),
    plain({ type: fc.constant("time" as const), name: text, values: doubles(length), zoned: fc.boolean() }),
    plain({ type: fc.constant("string" as const), name: text, values: rows(text) }),
    plain({ type: fc.constant("boolean" as const), name: text, values: rows(fc.boolean()) }),
    plain({
      type: fc.constant("numbers" as const),
      name: text,
      values: rows(fc.nat(5).chain(doubles)),
    }),
  );
};

const frames: fc.Arbitrary<Frame> = fc.nat(6).chain((length) =>
  plain({
    columns: fc.array(columnOf(length), { maxLength: 5 }),
    length: fc.constant(length),
    truncated: fc.boolean(),
  }),
);

test("a frame comes back as it was, to the last bit", () => {
  fc.assert(fc.property(frames, (frame) => assert.equal(bitsOf(unpackFrame(packFrame(frame))), bitsOf(frame))));
});

test("bytes that lie anywhere in memory are read", () => {
  const frame: Frame = {
    columns: [{ type: "number", name: "n", values: Float64Array.of(1, Number.NaN, -0) }],
    length: 3,
    truncated: false,
  };
  const packed = packFrame(frame);
  for (let offset = 0; offset < 8; offset += 1) {
    const bytes = new Uint8Array(packed.length + 8);
    bytes.set(packed, offset);
    assert.equal(bitsOf(unpackFrame(bytes.subarray(offset, offset + packed.length))), bitsOf(frame));
  }
});

test("a frame that was cut, or has more after it, is none", () => {
  const packed = packFrame({
    columns: [{ type: "time", name: "t", values: Float64Array.of(1, 2), zoned: true }],
    length: 2,
    truncated: true,
  });
  for (let end = 0; end < packed.length; end += 1) assert.throws(() => unpackFrame(packed.subarray(0, end)));
  assert.throws(() => unpackFrame(Buffer.concat([packed, Buffer.alloc(8)])));
});

test.run();

/** A frame in which numbers are told apart by their bits: -0 from 0. */
function bitsOf(frame: Frame): unknown {
  const bits = (values: Float64Array) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex");
  return {
    ...frame,
    columns: frame.columns.map((column) => {
      if (column.type === "number" || column.type === "time") return { ...column, values: bits(column.values) };
      if (column.type === "numbers") return { ...column, values: column.values.map((list) => list && bits(list)) };
      return column;
    }),
  };
}
