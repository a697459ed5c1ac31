import * as assert from "uvu/assert";
import { createVoices } from "../../src/chart/intl.ts";
import { formatTime, grainOf, labelTimes } from "../../src/chart/time-format.ts";
import { timeTicks } from "../../src/chart/time-ticks.ts";
import { suite } from "../harness.ts";

const test = suite("time ticks");
const voices = createVoices();
const inZone = (timezone: string) => voices({ locale: "en-US", timezone });
const berlin = inZone("Europe/Berlin");
const texts = (ticks: readonly { text: string; strong: boolean }[]) =>
  ticks.map(({ text, strong }) => (strong ? `*${text}` : text)).join(" ");

test("ticks are round by the zone's own clock, and a new day carries its date", () => {
  const from = Date.UTC(2026, 5, 16, 14);
  assert.is(
    texts(timeTicks(from, from + 86_400_000, true, 8, berlin)),
    "18:00 21:00 *Jun 17 03:00 06:00 09:00 12:00 15:00",
  );
  const india = timeTicks(from, from + 86_400_000, true, 8, inZone("Asia/Kolkata"));
  assert.ok(india.every(({ ms }) => (ms + 5.5 * 3_600_000) % (3 * 3_600_000) === 0));
});

test("no tick stands at an hour that is skipped in spring", () => {
  const from = Date.UTC(2026, 2, 28, 23);
  assert.is(texts(timeTicks(from, from + 5 * 3_600_000, true, 6, berlin)), "*Mar 29 01:00 03:00 04:00 05:00 06:00");
});

test("the hour that comes twice in autumn has one tick", () => {
  const from = Date.UTC(2026, 9, 24, 22);
  const ticks = timeTicks(from, from + 4 * 3_600_000, true, 4, berlin);
  assert.is(texts(ticks), "*Oct 25 01:00 02:00 03:00");
  assert.is(new Set(ticks.map(({ ms }) => ms)).size, ticks.length);
});

test("wall clock times are shown as they are", () => {
  const from = Date.UTC(2026, 0, 1);
  assert.is(
    texts(timeTicks(from, from + 3 * 86_400_000, false, 3, inZone("America/New_York"))),
    "*Jan 1, 2026 Jan 2 Jan 3 Jan 4",
  );
});

test("months say the year when it turns", () => {
  const ticks = timeTicks(Date.UTC(2025, 9, 1), Date.UTC(2026, 2, 1), false, 6, inZone("UTC"));
  assert.is(texts(ticks), "Oct Nov Dec *2026 Feb Mar");
});

test("bars of days are labelled by days, bars of hours by hours", () => {
  const days = { values: [0, 86_400_000], zoned: false };
  assert.is(grainOf(days, berlin), "day");
  assert.is(
    texts(labelTimes({ values: [23, 24, 25].map((hour) => hour * 3_600_000), zoned: false }, "minute", berlin)),
    "23:00 *Jan 2 01:00",
  );
});

test("a time in full is as fine as its grain", () => {
  const ms = Date.UTC(2026, 5, 17, 14, 5);
  assert.is(formatTime(ms, true, "minute", berlin), "Jun 17, 2026, 16:05");
  assert.is(formatTime(ms, false, "month", berlin), "Jun 2026");
});

test.run();
