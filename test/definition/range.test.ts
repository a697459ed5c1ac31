import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import * as assert from "uvu/assert";
import { rangeToText } from "../../src/definition/filter-text.ts";
import { type Clock, parseRange } from "../../src/definition/range.ts";
import { cpuMsOf } from "../cpu-time.ts";
import { suite } from "../harness.ts";

const test = suite("definition/range");

const utc: Clock = { nowMs: Date.parse("2026-03-10T12:34:56.789Z"), timezone: "UTC", roundS: 300 };
const newYork: Clock = { ...utc, timezone: "America/New_York" };

test("minutes and hours count back from now, rounded down", () => {
  assert.equal(span("last 90m"), ["2026-03-10T11:00:00.000Z", "2026-03-10T12:30:00.000Z"]);
  assert.equal(span("last 24h", { ...utc, roundS: 3600 }), ["2026-03-09T12:00:00.000Z", "2026-03-10T12:00:00.000Z"]);
});

test("days and weeks are the calendar's, over a change of the clock", () => {
  // New York's clocks went forward on March 8, 2026.
  assert.equal(span("last 2d", newYork), ["2026-03-08T12:30:00.000Z", "2026-03-10T12:30:00.000Z"]);
  assert.equal(span("last 3d", newYork), ["2026-03-07T13:30:00.000Z", "2026-03-10T12:30:00.000Z"]);
  assert.equal(span("last 1w", newYork), ["2026-03-03T13:30:00.000Z", "2026-03-10T12:30:00.000Z"]);
});

test("a date is the start of its day in the zone, also where that day has no midnight", () => {
  assert.equal(span("2026-01-01/2026-07-01", newYork), ["2026-01-01T05:00:00.000Z", "2026-07-01T04:00:00.000Z"]);
  const santiago = { ...utc, timezone: "America/Santiago" };
  assert.equal(span("2024-09-08/2024-09-09", santiago), ["2024-09-08T04:00:00.000Z", "2024-09-09T03:00:00.000Z"]);
});

test("a date-time is in its own offset, or else in the zone", () => {
  assert.equal(span("2026-01-01T10:00/2026-01-01T10:00Z", newYork), undefined);
  assert.equal(span("2026-01-01T10:00Z/2026-01-01T10:00", newYork), [
    "2026-01-01T10:00:00.000Z",
    "2026-01-01T15:00:00.000Z",
  ]);
  assert.equal(span("2026-01-01T10:00:01.5+05:30/2026-01-02"), [
    "2026-01-01T04:30:01.500Z",
    "2026-01-02T00:00:00.000Z",
  ]);
});

test("the ends may come apart", () => {
  const ends = { from: "2026-01-01", to: "2026-02-01T00:00Z" };
  assert.equal(span(ends), ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"]);
  for (const misfit of [{}, { from: "2026-01-01" }, { ...ends, x: 1 }, { ...ends, to: 1 }, { ...ends, to: null }]) {
    assert.is(span(misfit), undefined);
  }
});

test("the end is after the start, and at most 100 years after it", () => {
  assert.is(span("2026-01-01/2026-01-01"), undefined);
  assert.is(span("2026-12-31/2026-01-01"), undefined);
  assert.ok(span("1926-01-01/2026-01-01"));
  assert.is(span("1926-01-01/2026-01-02"), undefined);
  assert.is(span("last 9999w"), undefined);
  assert.ok(span("last 9999d"));
});

test("nothing else is a range", () => {
  const texts = [
    "",
    "last",
    "last 0d",
    "last 30",
    "last d",
    "last 12345m",
    "last -1d",
    "last 1.5h",
    "last 30d ",
    "Last 30d",
  ];
  const dates = ["2026-01-01", "2026-01-01/", "/", "2026-01-01/2026-02-30", "2026-01-01/2026-02-01/2026-03-01"];
  const odd = [
    "0000-01-01/0001-01-01",
    "2026-01-01[u-ca=hebrew]/2026-02-01",
    "2026-01-01T24:00/2026-02-01",
    "20260101/20260201",
  ];
  for (const text of [...texts, ...dates, ...odd]) assert.is(span(text), undefined, text);
  for (const value of [null, 1, true, [], ["last 30d"]]) assert.is(span(value), undefined);
});

test("a long text is refused before it is looked at", () => {
  const text = `now${"-1d".repeat(1_000_000)}!`;
  const tookMs = cpuMsOf(() => {
    assert.is(span(text), undefined);
    assert.is(span({ from: text, to: text }), undefined);
  });
  assert.ok(tookMs < 500, `${tookMs} ms`);
});

test("the bucket is the smallest that the span touches at most 400 of, and a month at most", () => {
  const bucket = (text: string) => parseRange(fromJson(ValueSchema, text), utc)!.bucket;
  assert.equal(["last 399m", "last 400m", "last 399h", "last 400h"].map(bucket), ["minute", "hour", "hour", "day"]);
  assert.equal(["last 399d", "last 400d", "last 399w", "last 400w"].map(bucket), ["day", "week", "week", "month"]);
  assert.is(bucket("1926-01-01/2026-01-01"), "month");
});

test("a range is said in words, and whole days name the last of them", () => {
  assert.is(words("last 30d"), "Last 30 days");
  assert.is(words("last 1h"), "Last hour");
  assert.is(words("2001-01-01/2001-07-01"), "Jan 1 – Jun 30, 2001");
  assert.is(words("2001-01-01/2001-07-01", newYork), "Jan 1 – Jun 30, 2001");
  assert.is(words("2001-01-01/2001-01-02"), "Jan 1, 2001");
  assert.is(words("2000-12-01/2001-02-01"), "Dec 1, 2000 – Jan 31, 2001");
  assert.is(words("2001-01-01T09:00/2001-01-01T17:30"), "Jan 1, 2001, 9:00 AM – 5:30 PM");
});

function span(value: JsonValue, clock = utc): string[] | undefined {
  const range = parseRange(fromJson(ValueSchema, value), clock);
  return range && [range.fromMs, range.toMs].map((epochMs) => new Date(epochMs).toISOString());
}

function words(text: string, clock = utc): string {
  return rangeToText(parseRange(fromJson(ValueSchema, text), clock)!, clock.timezone);
}

test.run();
