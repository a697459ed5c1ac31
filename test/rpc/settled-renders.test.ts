import * as assert from "uvu/assert";
import { renderKey, settleRender, type WantedRender } from "../../src/rpc/asked-render.ts";
import { type LoadedDefinition, toLoaded } from "../../src/rpc/definitions.ts";
import { asSaved } from "../../src/rpc/presentation.ts";
import { createSettling } from "../../src/rpc/settled-renders.ts";
import { definitionOf, duckdbOf, valuesOf } from "../definition/make.ts";
import { suite } from "../harness.ts";

const test = suite("settled renders");

const nowMs = Date.parse("2026-06-17T14:00:30Z");
const minuteMs = 60_000;

function makeBoard(version: number): LoadedDefinition {
  const json = {
    filters: [
      { name: "plan", type: "string" },
      { name: "period", type: "range", default: "last 2h" },
    ],
    layout: { title: "Orders", panels: [{ title: "Orders", datasource: "q", table: {} }] },
    datasources: [duckdbOf("q", "select 1 [[where plan = :plan and day >= :period_from]]")],
  };
  return toLoaded(definitionOf(json), version);
}

const board = makeBoard(3);
const wantedBy = (message: object | undefined, more: Partial<WantedRender> = {}): WantedRender => ({
  ...{ ...asSaved, filters: {}, ...more },
  ...(message !== undefined && { message }),
});

test("the same message is settled once a minute, as it would be anew", () => {
  const { settle } = createSettling();
  const wanted = wantedBy({});
  const first = settle(board, wanted, nowMs);
  assert.is(settle(board, wanted, nowMs + minuteMs / 2 - 1), first);
  const next = settle(board, wanted, nowMs + minuteMs / 2);
  assert.is.not(next, first);
  for (const [settled, atMs] of [
    [first, nowMs],
    [next, nowMs + minuteMs / 2],
  ] as const) {
    const anew = settleRender(board, wanted, atMs);
    assert.equal(settled.asked.filters, anew.filters);
    assert.is(settled.key("7"), renderKey(board, anew, "7"));
  }
  assert.not.equal(next.asked.filters, first.asked.filters, "two hours end at another minute");
  // The clock was set back.
  assert.equal(settle(board, wanted, nowMs).asked.filters, first.asked.filters);
});

test("other revisions of connections are another key", () => {
  const settled = createSettling().settle(board, wantedBy({}), nowMs);
  assert.is.not(settled.key("7"), settled.key("8"));
  assert.is(settled.key("7"), settled.key("7"));
});

test("nothing is taken over from another message, version or token", () => {
  const { settle } = createSettling();
  const message = {};
  const first = settle(board, wantedBy(message), nowMs);
  const held = valuesOf({ plan: "Team" });
  const keys = [
    first,
    settle(board, wantedBy({}, { theme: "dark" }), nowMs),
    settle(makeBoard(4), wantedBy(message), nowMs),
    settle(board, wantedBy(message, { held }), nowMs),
    settle(board, wantedBy(message, { held: valuesOf({ plan: "Free" }) }), nowMs),
  ].map((settled) => settled.key("7"));
  assert.is(new Set(keys).size, keys.length);
  assert.is(settle(board, wantedBy(message), nowMs).key("7"), first.key("7"));
});

test("of a version that is asked for in many ways the last few are remembered", () => {
  const { settle } = createSettling();
  const wanted = Array.from({ length: 5 }, () => wantedBy({}));
  const first = wanted.map((each) => settle(board, each, nowMs));
  assert.is(settle(board, wanted[4]!, nowMs), first[4]);
  assert.is(settle(board, wanted[1]!, nowMs), first[1]);
  assert.is.not(settle(board, wanted[0]!, nowMs), first[0]);
});

test("what nobody keeps is settled each time, and so is what the store has not confirmed lately", () => {
  const { settle } = createSettling();
  assert.is.not(settle(board, wantedBy(undefined), nowMs), settle(board, wantedBy(undefined), nowMs));
  const wanted = wantedBy({});
  const confirmed = settle(board, wanted, nowMs);
  const ageMs = board.ttlS * 1000;
  const old = settle({ ...board, ageMs }, wanted, nowMs);
  assert.is(old.asked.unconfirmedSinceMs, nowMs - ageMs);
  assert.is(confirmed.asked.unconfirmedSinceMs, undefined);
  assert.is(settle({ ...board, ageMs: ageMs - 1 }, wanted, nowMs), confirmed);
});

test.run();
