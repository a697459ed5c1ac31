import { Readable } from "node:stream";
import * as assert from "uvu/assert";
import type { Frame } from "../../src/frame/frame.ts";
import { readAnswer } from "../../src/source/clickhouse/answer.ts";
import { readColumnType } from "../../src/source/clickhouse/column.ts";
import { SourceError } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";

const test = suite("ClickHouse source: rows of hostile servers");

const column = (type: string, name: unknown = "a") => JSON.stringify({ name, type });
const answer = (meta: string, rows: readonly string[], foot = '"rows": 1\n}\n') =>
  `{\n"meta":\n[\n${meta}\n],\n\n"data":\n[\n${rows.join(",\n")}\n],\n\n${foot}`;
const known = new Map([["output_format_json_quote_decimals", "1"]]);
const read = (text: string, profile: ReadonlyMap<string, string> = known): Promise<Frame> =>
  readAnswer(Readable.from([Buffer.from(text)]), { maxRows: 100, maxBytes: 4_000_000, profile });
const failureOf = async (text: string) => {
  try {
    await read(text);
  } catch (error) {
    return error instanceof SourceError ? error.message : `${error}`;
  }
  return "no failure";
};
const broken = "the answer breaks off, or is not ClickHouse's";

const structures: Readonly<Record<string, string>> = {
  "a million numbers": `[[${"0,".repeat(1_000_000)}0]]`,
  "a million lists": `[[${"[],".repeat(1_000_000)}0]]`,
  "a million levels": `[${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}]`,
};

for (const [name, row] of Object.entries(structures)) {
  test(`a row of ${name} is left out and not taken apart, whatever the server's age`, async () => {
    for (const profile of [known, new Map<string, string>()]) {
      const { length, truncated } = await read(answer(column("String"), ['["before"]', row, '["after"]']), profile);
      assert.equal({ length, truncated }, { length: 1, truncated: true });
    }
  });
}

test("a long text is no structure", async () => {
  const { length, truncated } = await read(answer(column("String"), [`["${"word ".repeat(200_000)}"]`]));
  assert.equal({ length, truncated }, { length: 1, truncated: false });
});

test("a row that is longer than a frame is left out", async () => {
  const { length, truncated } = await read(answer(column("String"), ['["before"]', `["${"a".repeat(5_000_000)}"]`]));
  assert.equal({ length, truncated }, { length: 1, truncated: true });
});

const refused: Readonly<Record<string, readonly [text: string, failure: string]>> = {
  "a row that is none": [answer(column("String"), ["null"]), broken],
  "no columns": ['{\n"data":\n[\n[1]\n],\n"rows":1}\n', broken],
  "a column that is none": [answer("null", ["[1]"]), broken],
  "a name that is no text": [answer(column("Int8", { a: 1 }), ["[1]"]), broken],
  "a type that is no text": [answer('{"name":"a","type":8}', ["[1]"]), broken],
  "more columns than are read": [
    answer(Array(20_000).fill(column("Int8")).join(",\n"), ["[1]"]),
    "what stands around the rows is too long",
  ],
  "totals without an end": [
    answer(column("Int8"), ["[1]"], `"totals":\n[\n${"[],\n".repeat(200_000)}0]\n}\n`),
    "what stands around the rows is too long",
  ],
};

for (const [name, [text, failure]] of Object.entries(refused)) {
  test(`${name}: ${failure}`, async () => assert.is(await failureOf(text), failure));
}

test("a type that is nested without an end is text", () => {
  // Unwrapped level by level, each of which is read to its end, it would take minutes.
  const type = `${"Nullable(".repeat(5_000)}${"x".repeat(1_000_000)}${")".repeat(5_000)}`;
  assert.is(readColumnType(type, { zoned: true }).type, "text");
  assert.is(readColumnType("LowCardinality(Nullable(UInt8))", { zoned: true }).type, "exact");
});

test.run();
