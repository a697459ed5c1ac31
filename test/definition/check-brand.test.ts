import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { checkDefinition } from "../../src/definition/check.ts";
import { suite } from "../harness.ts";
import { definitionOf } from "./make.ts";

const test = suite("definition/check-brand");

const good = { accent: "#0b6e4f", accent_dark: "#5fd3a5", series: ["#12805c", "#b3541e"] };

test("a brand that stands out in both themes is fine, and so is none", () => {
  const fine: JsonObject[] = [
    {},
    { logo_text: "Acme", radius: 0 },
    good,
    { ...good, series_dark: ["#5fd3a5", "#ffb27d"] },
    { series: ["#777777"] },
  ];
  for (const brand of fine) assert.equal(problemsOf(brand), [], JSON.stringify(brand));
});

test("a colour that falls short says by how much, where, and what helps", () => {
  assert.equal(problemsOf({ accent: "#ffb000", accent_dark: "#3f3f46", series: ["#ffe08a", "#1e1b4b"] }), [
    "layout.brand.accent: has 1.8:1 against the light surface, and needs 4.5:1: take a darker colour",
    "layout.brand.series[0]: has 1.2:1 against the light surface, and needs 3:1: take a darker colour",
    "layout.brand.accent_dark: has 1.7:1 against the dark surface, and needs 4.5:1: take a lighter colour",
    "layout.brand.series[1]: has 1.1:1 against the dark surface, and needs 3:1: take a lighter colour, or name one in series_dark",
  ]);
});

test("a colour for both themes counts in both, whatever theme the layout has", () => {
  const expected = [
    "layout.brand.accent: has 1.6:1 against the dark surface, and needs 4.5:1: name a lighter one in accent_dark",
  ];
  for (const theme of ["", "auto", "light", "dark"]) {
    assert.equal(problemsOf({ accent: "#312e81" }, { theme }), expected, theme);
  }
});

test("dark colours of series count in place of the light ones, each by itself", () => {
  assert.equal(problemsOf({ series: ["#1e1b4b", "#0b6e4f"], series_dark: ["#8284f7", "#121419"] }), [
    "layout.brand.series_dark[1]: has 1.0:1 against the dark surface, and needs 3:1: take a lighter colour",
  ]);
});

test("what falls short by a hair is not rounded to what is needed", () => {
  assert.equal(problemsOf({ series: ["#959595"] }), [
    "layout.brand.series[0]: has 2.9:1 against the light surface, and needs 3:1: take a darker colour",
  ]);
  assert.equal(problemsOf({ series: ["#949494"] }), []);
});

test("dark colours go with light ones, and series with as many", () => {
  assert.equal(problemsOf({ accent_dark: "#8b8cf8", series_dark: ["#8b8cf8"] }), [
    "layout.brand.accent_dark: goes with accent only",
    "layout.brand.series_dark: goes with series only",
  ]);
  const series = ["#0b6e4f", "#b3541e"];
  for (const dark of [["#8b8cf8"], ["#8b8cf8", "#8b8cf8", "#8b8cf8"]]) {
    assert.equal(problemsOf({ series, series_dark: dark }), [
      "layout.brand.series_dark: has not one colour for each of series",
    ]);
  }
});

test("what is no colour is left to the proto, and repeated nowhere", () => {
  assert.equal(problemsOf({ accent: "red", accent_dark: "url(x)", series: ["#fff", ""], series_dark: ["x", "y"] }), []);
});

test.run();

function problemsOf(brand: JsonObject, layout: JsonObject = {}): string[] {
  const problems = checkDefinition(definitionOf({ layout: { ...layout, brand } }));
  return problems.map(({ field, description }) => `${field}: ${description}`);
}
