import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { contrastNeeded, surfaces } from "../../src/definition/check-brand.ts";
import { contrast } from "../../src/definition/contrast.ts";
import { suite } from "../harness.ts";

const test = suite("definition/contrast");

test("the contrast of well-known pairs is what everybody's is, in either order", () => {
  const known: [string, string, number][] = [
    ["#000000", "#ffffff", 21],
    ["#FFFFFF", "#ffffff", 1],
    ["#777777", "#ffffff", 4.478],
    ["#767676", "#ffffff", 4.542],
    ["#ff0000", "#ffffff", 3.998],
    ["#0000ff", "#ffffff", 8.592],
    ["#00ff00", "#000000", 15.304],
    ["#0a0a0a", "#000000", 1.061],
  ];
  for (const [a, b, ratio] of known) {
    assert.ok(Math.abs(contrast(a, b)! - ratio) < 0.001, `${a} ${b}: ${contrast(a, b)}`);
    assert.is(contrast(a, b), contrast(b, a));
  }
});

test("what is no colour of six digits has none", () => {
  for (const color of ["", "red", "#fff", "#fffffff", "#ggggg0", " #ffffff", "#ffffff\n", "rgb(0 0 0)"]) {
    assert.is(contrast(color, "#000000"), undefined, color);
    assert.is(contrast("#000000", color), undefined, color);
  }
});

/** The tokens of src/page/files/root.css by name, in both themes. */
const tokens = new Map(
  [
    ...readFileSync(new URL("../../src/page/files/root.css", import.meta.url), "utf8").matchAll(
      /--dj-([a-z0-9-]+): light-dark\((#[0-9a-f]+), (#[0-9a-f]+)\)/g,
    ),
  ].map(([, name, light, dark]) => [name!, { light: sixDigits(light!), dark: sixDigits(dark!) }]),
);

test("brands are held to the surfaces that dashboards have", () => {
  assert.equal(tokens.get("surface"), surfaces);
});

test("one colour can be a series in both themes, and none an accent", () => {
  // What a colour between two others has against them multiplies to what these have against each other.
  const between = Math.sqrt(contrast(surfaces.light, surfaces.dark)!);
  assert.ok(between > contrastNeeded.series);
  assert.ok(between < contrastNeeded.accent);
});

test("our own colours hold to what is asked of brands, and our words to more", () => {
  const series = Array.from({ length: 8 }, (_, index) => `series-${index + 1}`);
  const needed = new Map([
    ...series.map((name) => [name, contrastNeeded.series] as const),
    ...["accent", "fg", "fg2", "fg3", "good", "warn", "bad"].map((name) => [name, contrastNeeded.accent] as const),
  ]);
  const found = [...needed].flatMap(([name, least]) =>
    (["light", "dark"] as const).map((theme) => ({
      name: `${name}, ${theme}`,
      least,
      ratio: contrast(tokens.get(name)![theme], surfaces[theme])!,
    })),
  );
  assert.is(found.length, 30);
  assert.equal(
    found.filter(({ ratio, least }) => ratio < least),
    [],
  );
});

test.run();

function sixDigits(color: string): string {
  return color.length === 4 ? color.replace(/[0-9a-f]/g, "$&$&") : color;
}
