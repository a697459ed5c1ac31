import type { MessageInitShape } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import type { ColumnSchema } from "../../gen/datajetty/source/v1/source_service_pb.js";
import type { Column } from "../../src/frame/frame.ts";
import { createGrpcRows } from "../../src/source/grpc/rows.ts";
import { SourceError } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";
import { response } from "./grpc-service.ts";

const test = suite("gRPC rows");

type Values = NonNullable<MessageInitShape<typeof ColumnSchema>["values"]>;

const gather = (...messages: Uint8Array[]) => {
  const rows = createGrpcRows({ maxRows: 10_000, maxBytes: 4_000_000 });
  for (const message of messages) rows.take(message);
  return rows.toFrame();
};

const column = (name: string, values: Values, nulls: number[] = []) => ({ name, nulls, values });
const strings = (...values: string[]): Values => ({ case: "strings", value: { values } });
const integers = (...values: bigint[]): Values => ({ case: "integers", value: { values } });
const decimals = (...values: string[]): Values => ({ case: "decimals", value: { values } });
const times = (epochMs: bigint[], zoned: boolean): Values => ({ case: "times", value: { epochMs, zoned } });

const one = (rows: number, values: Values, nulls: number[] = []): Column =>
  gather(response({ rows, columns: [column("a", values, nulls)] })).columns[0]!;

test("each kind of values becomes its type, and nulls no value", () => {
  const frame = gather(
    response({
      rows: 3,
      columns: [
        column("d", { case: "doubles", value: { values: [1.5, Number.POSITIVE_INFINITY, 7] } }, [2]),
        column("i", integers(-1n, 2n, 9n), [2]),
        column("m", decimals("12.50", "-0.01", "what"), [2]),
        column("s", strings("", "é", "x"), [2]),
        column("b", { case: "booleans", value: { values: [true, false, true] } }, [2]),
        column("t", times([0n, -1n, 5n], true), [2]),
        column("w", times([86_400_000n, 9_000_000_000_000_000n, 5n], false), [2]),
      ],
    }),
  );
  const shown = frame.columns.map(({ name, type, values }) => {
    return [name, type, ...[...values].map((value) => (Number.isNaN(value) ? "NaN" : value))];
  });
  assert.equal(shown, [
    ["d", "number", 1.5, "NaN", "NaN"],
    ["i", "number", -1, 2, "NaN"],
    ["m", "number", 12.5, -0.01, "NaN"],
    ["s", "string", "", "é", null],
    ["b", "boolean", true, false, null],
    ["t", "time", 0, -1, "NaN"],
    ["w", "time", 86_400_000, "NaN", "NaN"],
  ]);
  assert.equal(
    frame.columns.map((each) => each.type === "time" && each.zoned),
    [false, false, false, false, false, true, false],
  );
});

test("whole numbers that a double does not hold become texts, with those before them", () => {
  const values = [1n, 9_007_199_254_740_993n, -9_223_372_036_854_775_808n, 0n];
  assert.equal(one(4, integers(...values), [3]), {
    type: "string",
    name: "a",
    values: ["1", "9007199254740993", "-9223372036854775808", null],
  });
});

test("decimals that a double does not hold become texts, as they were written", () => {
  assert.equal(one(2, decimals("1.10", "12345678901234567.89")), {
    type: "string",
    name: "a",
    values: ["1.10", "12345678901234567.89"],
  });
});

test("digits that are lost in a later response change the whole column", () => {
  const [first, second] = [1n, 9_007_199_254_740_993n].map((value) =>
    response({ rows: 1, columns: [column("a", integers(value))] }),
  );
  assert.equal(gather(first!, second!).columns[0]!.values, ["1", "9007199254740993"]);
});

test("no rows have columns, too", () => {
  assert.equal(gather(response({ rows: 0, columns: [column("a", strings())] })), {
    columns: [{ type: "string", name: "a", values: [] }],
    length: 0,
    truncated: false,
  });
});

test("no response is no column", () => {
  assert.equal(gather(), { columns: [], length: 0, truncated: false });
  assert.equal(gather(response({})), { columns: [], length: 0, truncated: false });
});

const good = response({ rows: 1, columns: [column("a", strings("x")), column("b", strings("y"))] });
const hundredAndOne = Array.from({ length: 101 }, (_, at) => column(`c${at}`, strings()));

const bad: readonly (readonly [string, readonly Uint8Array[]])[] = [
  ["response 1, column 1 has no values", [response({ rows: 1, columns: [{ name: "a" }] })]],
  [
    "response 1, column 1 has not one value for each row",
    [response({ rows: 2, columns: [column("a", strings("x"))] })],
  ],
  ["response 1, column 1 has not one value for each row", [response({ rows: -1, columns: [column("a", strings())] })]],
  ["response 1 has rows, but no column", [response({ rows: 1 })]],
  ["response 1, column 1 has no name", [response({ columns: [column("", strings())] })]],
  [
    "response 1, column 2 has another column's name",
    [response({ columns: [column("a", strings()), column("a", strings())] })],
  ],
  ["response 1 has more than 100 columns", [response({ columns: hundredAndOne })]],
  ["response 1, column 1 has a decimal that is none", [response({ rows: 1, columns: [column("a", decimals("1e5"))] })]],
  ["response 1, column 1 has a decimal that is none", [response({ rows: 1, columns: [column("a", decimals("NaN"))] })]],
  ["response 1, column 1 has a decimal that is none", [response({ rows: 1, columns: [column("a", decimals(""))] })]],
  [
    "response 2 has other columns than the first",
    [good, response({ rows: 1, columns: [column("b", strings("x")), column("a", strings("y"))] })],
  ],
  ["response 2 has other columns than the first", [good, response({ rows: 1, columns: [column("a", strings("x"))] })]],
  ["response 2 has other columns than the first", [good, response({ rows: 1 })]],
  [
    "response 2 has other columns than the first",
    [good, response({ rows: 1, columns: [column("a", strings("x")), column("b", integers(1n))] })],
  ],
  [
    "response 2 has other columns than the first",
    [true, false].map((zoned) => response({ rows: 1, columns: [column("a", times([0n], zoned))] })),
  ],
  ...[[1], [-1], [0, 0], [2_000_000_000]].map(
    (nulls) =>
      [
        "response 1, column 1 has nulls that are not ascending places of rows",
        [response({ rows: 1, columns: [column("a", strings("x"), nulls)] })],
      ] as const,
  ),
  [
    "response 1, column 1 has nulls that are not ascending places of rows",
    [response({ rows: 2, columns: [column("a", strings("x", "y"), [1, 0])] })],
  ],
];

test("what the contract does not allow fails in words that hold no data", () => {
  for (const [words, messages] of bad) {
    assert.throws(
      () => gather(...messages),
      (error: unknown) => {
        assert.instance(error, SourceError);
        assert.is((error as SourceError).message, words);
        assert.is((error as SourceError).failure, "source_failed");
        return true;
      },
    );
  }
});

/** A field that has a length. */
function field(number: number, body: Uint8Array): Buffer {
  const size: number[] = [];
  for (let left = body.length; ; left >>>= 7) {
    size.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) break;
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...size]), body]);
}

const mebibytes = (pattern: number[]) => Buffer.alloc(4 * 1024 * 1024 - 100, Buffer.from(pattern));

const bombs: readonly (readonly [string, Uint8Array, string])[] = [
  ["two million columns", mebibytes([0x12, 0]), "more than 100 columns"],
  ["two million texts", field(2, field(13, mebibytes([0x0a, 0]))), "a million values"],
  ["four million integers", field(2, field(11, field(1, mebibytes([1])))), "a million values"],
  ["two million integers, each a field", field(2, field(11, mebibytes([8, 1]))), "a million values"],
  ["four million truth values", field(2, field(14, field(1, mebibytes([1])))), "a million values"],
  ["four million nulls", field(2, field(2, mebibytes([1]))), "a million values"],
  ["two million lists in a column", field(2, mebibytes([0x5a, 0])), "a million values"],
  ["two million fields that nobody knows", mebibytes([0x78, 0]), "a million values"],
];

test("a message that holds too much to read is counted, and not read", () => {
  for (const [name, message, words] of bombs) {
    assert.throws(
      () => gather(message),
      new RegExp(`^response 1 has ${words.startsWith("a") ? "more than " : ""}${words}$`),
      name,
    );
  }
});

test("10,000 rows of a hundred columns are not too much", () => {
  const values = Array.from({ length: 10_000 }, (_, at) => BigInt(at % 10));
  const columns = Array.from({ length: 100 }, (_, at) => column(`c${at}`, integers(...values)));
  const rows = createGrpcRows({ maxRows: 10_000, maxBytes: 100_000_000 });
  assert.ok(rows.take(response({ rows: 10_000, columns })));
  assert.is(rows.toFrame().length, 10_000);
});

test.run();
