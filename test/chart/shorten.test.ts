import * as assert from "uvu/assert";
import { shorten } from "../../src/chart/shorten.ts";
import { suite } from "../harness.ts";

const test = suite("shortened texts");

test("a text that fits stays as it is", () => {
  assert.is(shorten("abcd", 4), "abcd");
});

test("a longer one ends with an ellipsis, within its length", () => {
  assert.is(shorten("abcde", 4), "abc…");
});

test("no character is cut in two", () => {
  assert.is(shorten("ab😀cd", 4), "ab…");
  assert.is(shorten("a😀bcd", 4), "a😀…");
});

test.run();
