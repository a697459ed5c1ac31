import * as assert from "uvu/assert";
import { mapPath } from "../../src/export/layout/path.ts";
import { suite } from "../harness.ts";

/** Paths of stretched drawings in pixels. */
const test = suite("export: paths");

const dataOf = (...path: Parameters<typeof mapPath>) => mapPath(...path).d;
const half = { scaleX: 0.5, scaleY: 0.25, x: 10, y: 20 };

test("points stand where the stretched drawing has them, whatever the command", () => {
  assert.is(dataOf("M0 0l100 100 100-100", half), "M10 20l50 25l50 -25");
  assert.is(dataOf("M100 100h0", half), "M60 45l0 0");
  assert.is(dataOf("m4 0l4 7h-8z", { scaleX: 1, scaleY: 1, x: 6, y: 6 }), "M10 6l4 7l-8 0z");
  assert.is(dataOf("M10.5,10V20H0L1 2", half), "M15.25 22.5l0 2.5l-5.25 0l0.5 -4.5");
  assert.is(dataOf("M0,0A10,20,0,1,1,100,100Z", half), "M10 20A5 5 0 1 1 60 45z");
});

test("thousands of steps drift nowhere", () => {
  const steps = Array.from({ length: 3_000 }, (_, index) => (index % 2 === 0 ? " 1 33" : " 0-33")).join("");
  const mapped = dataOf(`M0 500l${steps}`, { scaleX: 0.2971, scaleY: 0.1313, x: 7, y: 9 });
  let [x, y] = [0, 0];
  for (const [, command, right, down] of mapped.matchAll(/([Ml])(-?[\d.]+) (-?[\d.]+)/g)) {
    [x, y] = command === "M" ? [Number(right), Number(down)] : [x + Number(right), y + Number(down)];
  }
  assert.ok(Math.abs(x - (7 + 1_500 * 0.2971)) < 0.011, `${x}`);
  assert.ok(Math.abs(y - (9 + 500 * 0.1313)) < 0.011, `${y}`);
});

test("it is told how long a path is, dots included", () => {
  const same = { scaleX: 1, scaleY: 1, x: 0, y: 0 };
  const lengthOf = (d: string) => mapPath(d, same).lengthPx;
  assert.is(lengthOf("M0 0l300 400-100 0") - lengthOf("M0 0"), 800);
  assert.ok(lengthOf("M9 9h0".repeat(100)) >= 500);
});

test("what is no path stays none, and nothing but numbers comes of it", () => {
  for (const d of ["", "nothing", "M", "M1", "l1 1 1", "M0 0l1e999 1", '"><script>', "M0 0 Lurl(x)"]) {
    assert.match(dataOf(d, half), /^[MmLlAaCcSsQqTtz\d .-]*$/);
  }
});

test.run();
