import * as assert from "uvu/assert";
import { fillTwoColumns } from "../../src/render/narrow.ts";
import { spokenSpan } from "../../src/render/words.ts";
import { suite } from "../harness.ts";

const test = suite("narrow pages and words");
const half = (h: number) => ({ isHalf: true, h });
const whole = { isHalf: false, h: 7 };

test("halves of one height share a row", () => {
  assert.equal(fillTwoColumns([half(3), half(3), half(3), half(3), whole]), [1, 1, 1, 1, 2]);
});

test("a half that finds no neighbour takes the row", () => {
  assert.equal(fillTwoColumns([whole, half(7), whole]), [2, 2, 2]);
  assert.equal(fillTwoColumns([half(3), half(3), half(3)]), [1, 1, 2]);
  assert.equal(fillTwoColumns([half(3), half(7)]), [2, 2]);
});

test("spans of time are spoken in their largest whole unit", () => {
  const spans = {
    1: "1 second",
    60: "1 minute",
    90: "90 seconds",
    300: "5 minutes",
    3600: "1 hour",
    86400: "1 day",
    604800: "7 days",
  };
  for (const [seconds, text] of Object.entries(spans)) assert.is(spokenSpan(Number(seconds)), text);
});

test.run();
