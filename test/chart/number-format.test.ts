import * as assert from "uvu/assert";
import { createVoices } from "../../src/chart/intl.ts";
import { formatColumn, formatFigure, formatFull, formatShort, formatTicks } from "../../src/chart/number-format.ts";
import { suite } from "../harness.ts";

const test = suite("number format");
const voices = createVoices();
const english = voices({ locale: "en-US", timezone: "UTC" });
const german = voices({ locale: "de-DE", timezone: "UTC" });
const of = (unit: string, decimals?: number) => ({ unit, decimals });
const nbsp = "\u00a0";

test("a legend's number is short, with its unit", () => {
  const cases: [number, string, string][] = [
    [4912, "per_s", "4.9k/s"],
    [785.84, "per_s", "785.8/s"],
    [305.3, "ms", `305${nbsp}ms`],
    [48_000, "short", "48k"],
    [42, "percent", "42%"],
    [0.1, "ratio", "10%"],
    [5400, "s", `90${nbsp}min`],
    [0.25, "s", `250${nbsp}ms`],
    [0, "s", `0${nbsp}s`],
    [90, "min", `90${nbsp}min`],
    [1_500_000, "bytes", `1.5${nbsp}MB`],
    [21.5, "celsius", `21.5${nbsp}°C`],
    [19.5, "usd", "$19.50"],
    [1_283_000, "eur", "€1.3M"],
    [1250.5, "jpy", "¥1.3k"],
    [1234, "number", "1,234"],
    [2001, "", "2001"],
    [-7, "number", "-7"],
    [1e300, "short", "1E300"],
    [5e-324, "number", "5E-324"],
  ];
  for (const [value, unit, text] of cases) assert.is(formatShort(value, of(unit), english), text, unit);
});

test("another language writes numbers its own way", () => {
  assert.is(formatShort(1_283_000, of("eur"), german), `1,3${nbsp}Mio.${nbsp}€`);
  assert.is(formatShort(42.5, of("percent"), german), `42,5${nbsp}%`);
});

test("a full number is not abbreviated", () => {
  assert.is(formatFull(2904.27, of("per_s"), english), "2,904.3/s");
});

test("a stat sets its unit small", () => {
  const figures: [number, string, string, string][] = [
    [12_800, "per_s", "12.8", "k/s"],
    [184, "ms", "184", `${nbsp}ms`],
    [0.42, "percent", "0.42", "%"],
    [1_283_000, "usd", "$1.28", "M"],
    [679_011.25, "number", "679,011.3", ""],
    [-1.5e300, "number", "-1.5E300", ""],
  ];
  for (const [value, unit, large, small] of figures) {
    assert.equal(formatFigure(value, of(unit), english), { large, small });
  }
});

test("the numbers of a column have the same decimals", () => {
  assert.equal(formatColumn([1.32, 0.5, Number.NaN], of("percent"), english), ["1.32%", "0.50%", "–"]);
  assert.equal(formatColumn([184_200, 7311], of("short"), english), ["184.2k", "7,311"]);
  assert.equal(formatColumn([1, 2.5], of("number", 3), english), ["1.000", "2.500"]);
});

test("the labels of ticks differ", () => {
  assert.equal(formatTicks([0, 2000, 4000], 2000, of("per_s"), english), ["0/s", "2k/s", "4k/s"]);
  assert.equal(formatTicks([0, 0.25, 0.5], 0.25, of("number"), english), ["0", "0.25", "0.50"]);
  assert.equal(formatTicks([10_000, 10_010], 10, of("short"), english), ["10,000", "10,010"]);
  assert.equal(formatTicks([-1e300, 0, 1e300], 1e300, of("number"), english), ["-1E300", "0", "1E300"]);
});

test("an unknown language or zone reads as English and UTC", () => {
  const { locale, timezone } = voices({ locale: "en-us-us", timezone: "Mars/Olympus" });
  assert.equal({ locale, timezone }, { locale: "en-US", timezone: "UTC" });
});

test.run();
