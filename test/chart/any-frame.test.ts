import { fromJson, type JsonObject } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { PanelSchema } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { createEffort } from "../../src/chart/effort.ts";
import { createVoices } from "../../src/chart/intl.ts";
import type { Drawing, PanelInput } from "../../src/chart/kind.ts";
import type { Column, Frame } from "../../src/frame/frame.ts";
import { columnsOf, type DataKind, drawKind } from "../../src/render/kinds.ts";
import { suite } from "../harness.ts";
import { findFlaw, findNonsense } from "./well-formed.ts";

const test = suite("any frame, in any kind of panel");

const voices = createVoices();

const anyNumber = fc.oneof(
  fc.double({ noDefaultInfinity: true }),
  fc.integer({ min: -1000, max: 1000 }),
  fc.constantFrom(Number.NaN, 0, -0, 1e308, -1e308, 5e-324, 1e-9, 1e12, 1e16, 8.64e15),
);
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("<script>alert(1)</script>", "\"'&", "", "]]>", "👩‍👩‍👧‍👦", "مرحبا", "x".repeat(300)),
);
const anyNumbers = fc.array(anyNumber, { maxLength: 8 }).map((values) => Float64Array.from(values));

const halfHourMs = 1_800_000;

// More than 48 even times are labelled as a span.
const anyFrame = fc.integer({ min: 0, max: 60 }).chain((length): fc.Arbitrary<Frame> => {
  const list = <V>(value: fc.Arbitrary<V>) => fc.array(value, { minLength: length, maxLength: length });
  const numbers = (name: string) =>
    list(anyNumber).map((values): Column => ({ type: "number", name, values: Float64Array.from(values) }));
  const words = (name: string) => list(fc.option(anyText)).map((values): Column => ({ type: "string", name, values }));
  const evenTimes = fc
    .tuple(fc.integer({ min: -2e5, max: 2e6 }), fc.constantFrom(1, 2, 24, 48))
    .map(([start, step]) => Array.from({ length }, (_, index) => (start + index * step) * halfHourMs));
  const times = (name: string) =>
    fc
      .tuple(fc.oneof(list(anyNumber), evenTimes), fc.boolean())
      .map(([values, zoned]): Column => ({ type: "time", name, zoned, values: Float64Array.from(values) }));
  const truths = (name: string) =>
    list(fc.option(fc.boolean())).map((values): Column => ({ type: "boolean", name, values }));
  const lists = (name: string) =>
    list(fc.option(anyNumbers)).map((values): Column => ({ type: "numbers", name, values }));
  const any = (name: string) => fc.oneof(numbers(name), words(name), times(name), truths(name), lists(name));
  const columns = fc.tuple(any("x"), any("s"), fc.oneof(numbers("y"), truths("y")), numbers("z"), lists("l"));
  return columns.map((columns) => ({ columns, length, truncated: false }));
});

const word = (...words: string[]) => fc.constantFrom(...words);
const anyThresholds = fc.array(
  fc.record({
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    label: word("", "SLO"),
    status: word("", "ok", "warn", "bad"),
  }),
  { maxLength: 3 },
);
const anyReduce = word("", "last", "first", "sum", "mean", "min", "max", "count");
const series = word("", "s");
const scale = word("", "linear", "log");
const xy = { x: fc.constant("x"), y: word("y", "z").map((name) => [name, name === "y" ? "z" : "y"]), series };

/** A panel of each kind with any of its settings. */
const kinds: Readonly<Record<DataKind["case"], fc.Arbitrary<object>>> = {
  line: fc.record({ ...xy, scale, nulls: word("", "gap", "connect", "zero"), thresholds: anyThresholds }),
  area: fc.record({
    ...xy,
    mode: word("", "stacked", "overlapping"),
    nulls: word("", "gap", "connect", "zero"),
    thresholds: anyThresholds,
  }),
  bar: fc.record({
    ...xy,
    mode: word("", "grouped", "stacked"),
    orientation: word("", "vertical", "horizontal"),
    thresholds: anyThresholds,
  }),
  stat: fc.record({
    value: word("x", "y"),
    reduce: anyReduce,
    compare: word("", "previous_period", "target"),
    target: anyNumber.filter(Number.isFinite),
    better: word("", "higher", "lower", "neither"),
    sparkline: word("", "x"),
    thresholds: anyThresholds,
  }),
  table: fc.record({
    columns: fc.constantFrom(
      [],
      [
        { name: "x", show: "status", statuses: { "": "ok" } },
        { name: "s", show: "code" },
        { name: "y" },
        { name: "z", show: "bar" },
        { name: "l", show: "spark" },
      ],
      [{ name: "l" }, { name: "z", show: "status" }, { name: "x", show: "bar" }, { name: "s", show: "spark" }],
    ),
    sort: fc.constantFrom({ column: "z" }, { column: "l", order: "descending" }),
  }),
  pie: fc.record({ label: word("x", "s"), value: word("y", "z"), shape: word("", "pie", "donut") }),
  scatter: fc.record({
    x: word("x", "z"),
    y: word("y", "z"),
    series,
    x_scale: scale,
    y_scale: scale,
    thresholds: anyThresholds,
  }),
  heatmap: fc.record({ x: word("x", "z"), y: word("s", "x"), value: word("y", "z"), reduce: anyReduce }),
  histogram: fc.record({ value: word("y", "z", "x"), buckets: fc.integer({ min: 1, max: 100 }) }),
  gauge: fc.record({
    value: word("y", "z"),
    reduce: anyReduce,
    min: fc.constantFrom(0, -1e9, 1e-9),
    max: fc.constantFrom(1, 1e12),
    thresholds: anyThresholds,
    caption: word("", "x", "s", "l"),
  }),
};

const anySetting = fc.record({
  unit: word("", "number", "short", "ms", "s", "bytes", "percent", "ratio", "usd", "per_s"),
  title: anyText,
  locale: word("en-US", "de-DE", "en-IN", "ar-EG"),
  timezone: word("UTC", "Europe/Berlin", "Asia/Kathmandu"),
  click: word("", "link", "event"),
});

for (const [name, panels] of Object.entries(kinds)) {
  test(`${name}: markup is well-formed and escaped, without nonsense, the same twice; so is the data`, () => {
    let drawn = 0;
    fc.assert(
      fc.property(anyFrame, panels, anySetting, (frame, panel, { title, unit, locale, timezone, click }) => {
        const kind = fromJson(PanelSchema, { [name]: panel } as JsonObject).kind as DataKind;
        const draw = (): Drawing =>
          drawKind(kind, {
            frame: pick(frame, columnsOf(kind)),
            previous: frame,
            title,
            styleOf: (column) => ({ title: `${title}${column}`, unit, decimals: undefined }),
            heightPx: 320,
            turn: 0,
            voice: voices({ locale, timezone }),
            roomChars: 2 ** 20,
            effort: createEffort(1e6),
            clickOf: (column, value) => {
              if (click === "" || value === "") return undefined;
              return click === "event" ? { kind: "event" } : { kind: "link", href: `?${column}=${value}` };
            },
          });
        const drawing = draw();
        assert.equal(toText(draw()), toText(drawing));
        if (!drawing.ok) return;
        drawn += 1;
        const markup = String(drawing.body);
        assert.is(findFlaw(markup), undefined);
        assert.is(findNonsense(markup), undefined);
        assert.not.match(markup, "<script");
        for (const { values } of drawing.columns) {
          if (Array.isArray(values)) for (const value of values.flat()) assert.ok(isWritable(value), `${value}`);
        }
      }),
      { numRuns: 150 },
    );
    assert.ok(drawn > 50, `only ${drawn} were drawn`);
  });
}

test.run();

/** A panel gets the columns that it names. */
function pick(frame: Frame, names: readonly string[]): PanelInput["frame"] {
  if (names.length === 0) return frame;
  return { ...frame, columns: frame.columns.filter(({ name }) => names.includes(name)) };
}

function toText(drawing: Drawing): string {
  return drawing.ok ? `${drawing.body}${JSON.stringify(drawing.columns)}` : drawing.error;
}

/** What JSON keeps as it is: null and finite numbers, but not what becomes null on the way. */
function isWritable(value: unknown): boolean {
  return typeof value !== "number" || Number.isFinite(value);
}
