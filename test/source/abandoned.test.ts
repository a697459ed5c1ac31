import * as assert from "uvu/assert";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import { noSharedCache } from "../../src/cache/shared-cache.ts";
import { createStaleCache } from "../../src/cache/stale-cache.ts";
import { createDeadlines } from "../../src/source/deadlines.ts";
import { createReadThroughCache } from "../../src/source/source-cache.ts";
import { definitionOf, duckdbOf } from "../definition/make.ts";
import { suite } from "../harness.ts";
import { frameOf } from "../render/gallery.ts";

const test = suite("abandoned questions");

const definition = definitionOf({
  layout: { panels: [{ title: "Rows", datasource: "q", table: {} }] },
  datasources: [duckdbOf("q", "select 1")],
});

/** A source that answers once it is let to, and says how often it was asked and how often told to leave off. */
function setUp(shared = noSharedCache) {
  const state = { reads: 0, cut: 0, reports: 0, answer: Promise.withResolvers<void>() };
  const readThrough = createReadThroughCache({
    cache: createStaleCache({
      cache: createByteCache({ maxBytes: 1 << 24, now: Date.now }),
      shared,
      now: Date.now,
      patienceMs: 0,
    }).ask,
    deadlines: createDeadlines(),
    report: () => {
      state.reports += 1;
      return "source_timeout";
    },
  });
  const ask = async (abandoned?: AbortSignal) => {
    const query = { tenant: "acme", datasource: definition.datasources[0]!, binding: new Map(), timezone: "UTC" };
    const outcome = await readThrough({ ...query, ...(abandoned && { abandoned }) } as never, {
      kind: "duckdb",
      parts: ["q"],
      timeoutMs: 5_000,
      read: async (signal) => {
        state.reads += 1;
        signal.addEventListener("abort", () => {
          state.cut += 1;
        });
        await state.answer.promise;
        return frameOf({ plan: ["Free"] });
      },
    });
    return outcome.ok;
  };
  return { ask, state };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

test("a question is cut off when the last who waits for it has left, and no sooner", async () => {
  const { ask, state } = setUp();
  const [first, second] = [new AbortController(), new AbortController()];
  const asked = [ask(first.signal), ask(second.signal)];
  await settle();
  first.abort();
  await settle();
  assert.is(state.cut, 0);
  second.abort();
  assert.equal(await Promise.all(asked), [false, false]);
  assert.equal([state.reads, state.cut], [1, 1]);
});

test("what was cut off is neither told of nor remembered: the next is asked at once", async () => {
  const { ask, state } = setUp();
  const gone = new AbortController();
  const asked = ask(gone.signal);
  await settle();
  gone.abort();
  await asked;
  state.answer.resolve();
  assert.is(await ask(), true);
  assert.equal([state.reads, state.reports], [2, 0]);
});

test("who comes while a question is being cut off is answered all the same", async () => {
  const looked = Promise.withResolvers<undefined>();
  const { ask, state } = setUp({ ...noSharedCache, get: () => looked.promise });
  const gone = new AbortController();
  const leaves = ask(gone.signal);
  await settle();
  gone.abort();
  const comes = ask(new AbortController().signal);
  await settle();
  state.answer.resolve();
  looked.resolve(undefined);
  assert.equal([await leaves, await comes], [false, true]);
  assert.is(state.reads, 1);
});

test("one that somebody without a signal waits for goes on", async () => {
  const { ask, state } = setUp();
  const gone = new AbortController();
  const stays = ask();
  const leaves = ask(gone.signal);
  await settle();
  gone.abort();
  state.answer.resolve();
  assert.equal(await Promise.all([stays, leaves]), [true, true]);
  assert.is(state.cut, 0);
});

test.run();
