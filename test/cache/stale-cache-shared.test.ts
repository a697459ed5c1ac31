import { equal, is } from "uvu/assert";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import type { SharedCache } from "../../src/cache/shared-cache.ts";
import { createStaleCache } from "../../src/cache/stale-cache.ts";
import { suite } from "../harness.ts";

const test = suite("the stale cache over what replicas share");

const startMs = 1_767_225_600_000;

/** What two replicas share, a clock of both, and what was put. */
function share() {
  const state = { ms: startMs, fails: false, loads: [] as string[], puts: [] as number[] };
  const kept = new Map<string, { readonly bytes: Uint8Array; readonly untilMs: number }>();
  const shared: SharedCache = {
    async get({ tenant, key }) {
      const found = kept.get(`${tenant} ${key}`);
      const leftMs = (found?.untilMs ?? 0) - state.ms;
      return found && leftMs > 0 ? { bytes: found.bytes, leftMs } : undefined;
    },
    put({ tenant, key }, leftMs, toBytes) {
      state.puts.push(leftMs);
      kept.set(`${tenant} ${key}`, { bytes: toBytes(), untilMs: state.ms + leftMs });
    },
  };

  /** A replica, whose values are fresh for 10 s and shown for 60 s. */
  const replica = (name: string) => {
    const now = () => state.ms;
    const cache = createStaleCache({
      cache: createByteCache({ maxBytes: 1_000_000, now }),
      shared,
      now,
      patienceMs: 50,
    });
    return async (key = "x", { tenant = "a", freshMs = 10_000, maxStaleMs = 60_000, loadMs = 0 } = {}) => {
      const load = async () => {
        state.loads.push(name);
        state.ms += loadMs;
        if (state.fails) throw new RangeError("down");
        return { value: { by: name }, bytes: 100 };
      };
      const form = {
        toBytes: (value: { by: string }) => Buffer.from(JSON.stringify(value)),
        parse: (bytes: Uint8Array) => ({
          value: JSON.parse(Buffer.from(bytes).toString()) as { by: string },
          bytes: 100,
        }),
      };
      const explain = (error: unknown) => (error as Error).message;
      const answer = await cache.ask({ tenant, key }, { load, form, explain, freshMs, maxStaleMs });
      return answer.ok ? [answer.value.by, (answer.asOfMs - startMs) / 1000, answer.stale] : answer.failure;
    };
  };
  const at = (s: number) => {
    state.ms = startMs + s * 1000;
  };
  return { state, kept, at, one: replica("one"), two: replica("two") };
}

test("what one has loaded the other shows, as old as it is, and for no longer", async () => {
  const { state, at, one, two } = share();
  equal(await one(), ["one", 0, false]);
  equal(state.puts, [60_000]);
  at(6);
  equal(await two(), ["one", 0, false]);
  at(9.999);
  equal(await two(), ["one", 0, false]);
  equal(state.loads, ["one"]);
  at(10);
  equal(await two(), ["two", 10, false], "it is fresh no more");
  equal(state.loads, ["one", "two"]);
});

test("what is stale here is replaced by what another has loaded since", async () => {
  const { state, at, one, two } = share();
  await one();
  at(5);
  await two();
  at(12);
  equal(await one(), ["one", 12, false]);
  at(14);
  equal(await two(), ["one", 12, false]);
  equal(state.loads, ["one", "one"]);
});

test("what another has that is stale is shown where a load fails, until its bound", async () => {
  const { state, at, one, two } = share();
  await one();
  state.fails = true;
  at(20);
  equal(await two(), ["one", 0, true]);
  at(21);
  equal(await two(), ["one", 0, true]);
  equal(state.loads, ["one", "two"], "no load within two seconds of one that failed");
  at(60);
  equal(await two(), "down");
});

test("failures are not shared, nor what has less than a second left", async () => {
  const { state, one, two } = share();
  state.fails = true;
  is(await one(), "down");
  equal(state.puts, []);
  state.fails = false;
  equal(await two(), ["two", 0, false]);
  await one("short", { freshMs: 500, maxStaleMs: 0 });
  await one("slow", { freshMs: 2_000, maxStaleMs: 0, loadMs: 1_500 });
  equal(state.puts, [60_000]);
});

test("what a load took is part of the value's age", async () => {
  const { state, one, two } = share();
  await one("x", { loadMs: 4_000 });
  equal(state.puts, [56_000]);
  equal(await two(), ["one", 0, false]);
});

test("what cannot be read, or would live longer than a value does, is loaded", async () => {
  const { state, kept, one, two } = share();
  await one();
  kept.set("a x", { bytes: Buffer.from("{"), untilMs: state.ms + 60_000 });
  equal(await two(), ["two", 0, false]);
  kept.set("a y", { bytes: Buffer.from('{"by":"nobody"}'), untilMs: state.ms + 60_001 });
  equal(await two("y"), ["two", 0, false]);
});

test("another tenant's is another value", async () => {
  const { state, one, two } = share();
  await one();
  equal(await two("x", { tenant: "b" }), ["two", 0, false]);
  equal(state.loads, ["one", "two"]);
});

test.run();
