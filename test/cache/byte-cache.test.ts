import fc from "fast-check";
import { equal, instance, is, ok, unreachable } from "uvu/assert";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import { suite } from "../harness.ts";
import { heapBytes } from "../limit/heap-bytes.ts";

const test = suite("the byte cache");

const kib = 1024;

function start(maxBytes = 1024 * kib) {
  const clock = { ms: 1_767_225_600_000 };
  const cache = createByteCache({ maxBytes, now: () => clock.ms });
  let loads = 0;
  /** Asks for a value, and counts if it has to be loaded. */
  const ask = (tenant: string, key: string, { bytes = kib, ttlMs = 60_000 } = {}) =>
    cache.getOrLoad({ tenant, key }, async () => {
      loads += 1;
      return { value: { tenant, key }, ttlMs, bytes };
    });
  /** Whether a value is kept; a use of it. What it loads itself is not kept. */
  const has = async (tenant: string, key: string) => {
    let found = true;
    await cache.getOrLoad({ tenant, key }, async () => {
      found = false;
      return { value: {}, ttlMs: 0, bytes: 0 };
    });
    return found;
  };
  return { clock, cache, ask, has, loads: () => loads };
}

test("a value is loaded once and then found", async () => {
  const { ask, loads } = start();
  const value = await ask("a", "x");
  equal(value, { tenant: "a", key: "x" });
  is(await ask("a", "x"), value);
  is(loads(), 1);
});

test("a thousand who ask at once wait for one load", async () => {
  const { ask, loads } = start();
  const values = await Promise.all(Array.from({ length: 1_000 }, () => ask("a", "x")));
  is(loads(), 1);
  is(new Set(values).size, 1);
});

test("two tenants never share a value or a load", async () => {
  const { ask, loads } = start();
  const values = await Promise.all([ask("a", "x"), ask("b", "x"), ask("ab", ""), ask("a", "b"), ask("a:", "b")]);
  is(loads(), 5);
  equal(values[1], { tenant: "b", key: "x" });
  equal(await ask("b", "x"), { tenant: "b", key: "x" });
  equal(await ask("ab", ""), { tenant: "ab", key: "" });
});

test("a failure reaches all who wait and is not kept", async () => {
  const { cache, ask } = start();
  const down = new Error("down");
  const key = { tenant: "a", key: "x" };
  const failed = await Promise.allSettled(
    Array.from({ length: 100 }, () => cache.getOrLoad(key, () => Promise.reject(down))),
  );
  ok(failed.every((one) => one.status === "rejected" && one.reason === down));
  equal(await ask("a", "x"), key);
});

test("a load that throws at once is a failure like any other", async () => {
  const { cache } = start();
  try {
    await cache.getOrLoad({ tenant: "a", key: "x" }, () => {
      throw new RangeError("at once");
    });
    unreachable();
  } catch (error) {
    instance(error, RangeError);
  }
});

test("a value is fresh for its own time, to the millisecond", async () => {
  const { clock, ask, has, loads } = start();
  await ask("a", "short", { ttlMs: 1_000 });
  await ask("a", "long", { ttlMs: 2_000 });
  clock.ms += 999;
  ok(await has("a", "short"));
  clock.ms += 1;
  equal([await has("a", "short"), await has("a", "long")], [false, true]);
  await ask("a", "short");
  is(loads(), 3);
});

test("a value without time to live, and one whose age nobody knows, is not kept", async () => {
  const { clock, ask, has } = start();
  for (const ttlMs of [0, -1, Number.NaN]) await ask("a", `${ttlMs}`, { ttlMs });
  equal([await has("a", "0"), await has("a", "-1"), await has("a", "NaN")], [false, false, false]);
  await ask("a", "x");
  clock.ms -= 1;
  is(await has("a", "x"), false);
});

test("a value of more than a quarter is returned and not kept", async () => {
  const { ask, has } = start();
  ok(await ask("a", "big", { bytes: 257 * kib }));
  ok(await ask("a", "odd", { bytes: Number.NaN }));
  await ask("a", "fits", { bytes: 255 * kib });
  equal([await has("a", "big"), await has("a", "odd"), await has("a", "fits")], [false, false, true]);
});

test("a reload replaces what is kept, which serves until then, and counts once", async () => {
  const { cache, ask, has } = start(100 * kib);
  const key = { tenant: "a", key: "x" };
  const first = await ask("a", "x", { bytes: 20 * kib });
  await ask("a", "quiet", { bytes: 20 * kib });
  for (let n = 0; n < 10; n++) {
    const before = cache.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    const load = async () => {
      await promise;
      return { value: { n }, ttlMs: 60_000, bytes: 20 * kib };
    };
    const reloads = [cache.reload(key, load), cache.reload(key, load)];
    is(cache.get(key), before);
    is(await ask("a", "x"), before);
    resolve();
    const [one, two] = await Promise.all(reloads);
    is(one, two);
    is(cache.get(key), one);
  }
  equal(first, key);
  ok(await has("a", "quiet"), "ten values in turn take the room of one");
});

test("a reload that fails leaves what is kept, and one that cannot be kept takes it away", async () => {
  const { cache, ask, has } = start();
  const key = { tenant: "a", key: "x" };
  const value = await ask("a", "x");
  await cache.reload(key, () => Promise.reject(new Error("down"))).catch(() => undefined);
  is(cache.get(key), value);
  await cache.reload(key, async () => ({ value: {}, ttlMs: 1, bytes: 1024 * kib }));
  is(cache.get(key), undefined);
  is(await has("a", "x"), false);
});

test("what was used longest ago goes first", async () => {
  const { clock, ask, has } = start();
  for (const tenant of ["a", "b", "c"]) await ask(tenant, "1", { bytes: 100 * kib });
  for (const tenant of ["a", "b", "c"]) await ask(tenant, "2", { bytes: 100 * kib });
  for (const tenant of ["a", "b", "c"]) await ask(tenant, "3", { bytes: 100 * kib });
  clock.ms += 101;
  ok(await has("a", "1"), "a use of it");
  await ask("d", "1", { bytes: 100 * kib });
  await ask("d", "2", { bytes: 100 * kib });
  equal([await has("a", "1"), await has("b", "1"), await has("c", "1")], [true, false, true]);
});

test("a tenant that asks for ever more pushes out only its own beyond half of the bound", async () => {
  const { ask, has } = start();
  for (let i = 0; i < 4; i++) await ask("quiet", `${i}`, { bytes: 100 * kib });
  for (let i = 0; i < 1_000; i++) await ask("noisy", `${i}`, { bytes: 20 * kib });
  equal(await Promise.all([0, 1, 2, 3].map((i) => has("quiet", `${i}`))), [true, true, true, true]);
  ok(await has("noisy", "999"));
  ok(await has("noisy", "980"));
  is(await has("noisy", "970"), false);
});

test("of a tenant's own, what it used longest ago goes first", async () => {
  const { clock, ask, has } = start();
  for (let i = 0; i < 100; i++) {
    await ask("noisy", `${i}`, { bytes: 20 * kib });
    clock.ms += 101;
    ok(await has("noisy", "0"));
  }
  is(await has("noisy", "1"), false);
});

test("tenants whose values are gone take no memory", async () => {
  const { ask, has } = start();
  const before = heapBytes();
  for (let i = 0; i < 20_000; i++) await ask(`tenant${i}`, "x", { bytes: 100 * kib });
  const grownBytes = heapBytes() - before;
  ok(grownBytes < 500 * kib, `${grownBytes}`);
  ok(await has("tenant19999", "x"), "the cache must outlive the measurement");
});

test("whatever is asked, the books stay within the bound and a tenant within half of it", async () => {
  const tenants = ["a", "b", "c"];
  const asks = fc.array(
    fc.record({
      tenant: fc.constantFrom(...tenants),
      key: fc.nat(40),
      bytes: fc.nat(14 * kib),
      ttlMs: fc.nat(50),
      gapMs: fc.nat(3),
    }),
    { maxLength: 200 },
  );
  await fc.assert(
    fc.asyncProperty(asks, async (list) => {
      const { cache, clock, has } = start(100 * kib);
      const sizes = new Map<string, number>();
      for (const { tenant, key, bytes, ttlMs, gapMs } of list) {
        clock.ms += gapMs;
        await cache.getOrLoad({ tenant, key: `${key}` }, async () => {
          sizes.set(`${tenant} ${key}`, bytes);
          return { value: {}, ttlMs, bytes };
        });
      }
      let allBytes = 0;
      for (const tenant of tenants) {
        let ownBytes = 0;
        for (let key = 0; key <= 40; key++) {
          if (await has(tenant, `${key}`)) ownBytes += sizes.get(`${tenant} ${key}`)!;
        }
        ok(ownBytes <= 50 * kib);
        allBytes += ownBytes;
      }
      ok(allBytes <= 100 * kib);
    }),
    { numRuns: 100 },
  );
});

test("a flood of small values under long keys takes no more memory than the bound", async () => {
  const { cache, has } = start(8 * 1024 * kib);
  const before = heapBytes();
  for (let i = 0; i < 100_000; i++) {
    const key = { tenant: `t${i % 50}`, key: `${i}${"f".repeat(300)}` };
    await cache.getOrLoad(key, async () => ({ value: { i }, ttlMs: 3_600_000, bytes: 8 }));
  }
  const grownBytes = heapBytes() - before;
  ok(grownBytes < 8 * 1024 * kib, `${grownBytes}`);
  is(await has("t0", `0${"f".repeat(300)}`), false);
});

test.run();
