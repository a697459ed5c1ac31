import type { ConnectError } from "@connectrpc/connect";
import * as assert from "uvu/assert";
import { toErrorAnswer } from "../../src/errors/answer.ts";
import { parseJson } from "../../src/rest/json.ts";
import { suite } from "../harness.ts";

const test = suite("json");

const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const keys = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":0`).join(",")}}`;

const refused: [name: string, body: string | Uint8Array][] = [
  ["nothing", ""],
  ["white space", " \n\t "],
  ["a truncated object", '{"a":1'],
  ["a trailing comma", '{"a":1,}'],
  ["single quotes", "{'a':1}"],
  ["a comment", '{"a":1}//x'],
  ["a raw line break in a string", '{"a":"\n"}'],
  ["a bad escape", '{"a":"\\x41"}'],
  ["NaN", '{"a":NaN}'],
  ["two values", "{}{}"],
  ["a byte order mark", Buffer.from("\uFEFF{}")],
  ["UTF-16", Buffer.from('{"a":1}', "utf16le")],
  ["an overlong form", Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ["a lone continuation byte", Buffer.from([0x22, 0x80, 0x22])],
  ["a character cut short", Buffer.from([0x7b, 0x7d, 0xe2])],
  ["an encoded surrogate", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ["33 levels", deep(33)],
  ["33 levels of objects", `${'{"a":'.repeat(33)}1${"}".repeat(33)}`],
  ["100,000 levels", deep(100_000)],
  ["20,001 keys", keys(20_001)],
  ["100,001 values", `[${"0,".repeat(100_000)}0]`],
  ["100,001 values of many arrays", `[${"[0,0,0],".repeat(25_000)}0]`],
  ["20,001 keys of many objects", `[${Array.from({ length: 20_001 }, () => '{"a":{}}').join(",")}]`],
];

for (const [name, body] of refused) {
  test(`${name} is refused and not repeated`, () => {
    try {
      parseJson(typeof body === "string" ? Buffer.from(body) : body);
    } catch (error) {
      const answer = toErrorAnswer(error as ConnectError);
      assert.is(answer.reason, "INVALID_REQUEST");
      assert.match(answer.body.message, /^the (body|request) (is|has) /);
      return;
    }
    assert.unreachable();
  });
}

test("what is within the limits passes", () => {
  assert.equal(parseJson(Buffer.from(' {"a":[1,"\\u20ac",null]}\n')).value, { a: [1, "€", null] });
  assert.is(parseJson(Buffer.from(deep(32))).text, deep(32));
  assert.is((parseJson(Buffer.from(`[${"0,".repeat(99_999)}0]`)).value as unknown[]).length, 100_000);
  assert.is(Object.keys(parseJson(Buffer.from(keys(20_000))).value as object).length, 20_000);
});

test.run();
