import fc from "fast-check";
import * as assert from "uvu/assert";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import { createLastAnswers } from "../../src/rpc/last-answers.ts";
import { suite } from "../harness.ts";

/** What keeps things by tenant and a text never takes one pair for another, whatever the texts are. */
const test = suite("isolation: what is kept by tenant");

// Every way to cut a text in two, with the character at the cut and without it, as if that were the mark between the
// parts: whatever mark is put there, some of these run into one another unless it is unmistakable.
const pairs = fc
  .string({
    unit: fc.constantFrom("a", "1", "2", ":", " ", '"', ",", "\\", "\n", "\u0000"),
    minLength: 2,
    maxLength: 7,
  })
  .map((text) =>
    [...text].flatMap((_, at) => [0, 1].map((left) => [text.slice(0, at), text.slice(at + left)] as const)),
  )
  .map((cuts) => [...new Map(cuts.map((cut) => [JSON.stringify(cut), cut])).values()]);

test("the cache", () =>
  fc.assert(
    fc.asyncProperty(pairs, async (kept) => {
      const cache = createByteCache({ maxBytes: 1 << 20, now: () => 0 });
      for (const [tenant, key] of kept) {
        const value = [tenant, key];
        const got = await cache.getOrLoad({ tenant, key }, async () => ({ value, ttlMs: 1_000, bytes: 1 }));
        assert.equal(got, value);
      }
      for (const [tenant, key] of kept) assert.equal(cache.get({ tenant, key }), [tenant, key]);
    }),
    { numRuns: 1_000 },
  ));

test("the cache, while things are loaded", () =>
  fc.assert(
    fc.asyncProperty(pairs, async (kept) => {
      const cache = createByteCache({ maxBytes: 1 << 20, now: () => 0 });
      const load = ([tenant, key]: readonly [string, string]) =>
        cache.getOrLoad({ tenant, key }, async () => ({ value: [tenant, key], ttlMs: 1_000, bytes: 1 }));
      assert.equal(await Promise.all(kept.map(load)), kept);
    }),
    { numRuns: 1_000 },
  ));

test("the store's last answers", () =>
  fc.assert(
    fc.asyncProperty(pairs, async (kept) => {
      const answers = createLastAnswers({
        ask: async (tenant, id) => [tenant, id],
        ...{ freshMs: 1_000, staleMs: 1_000, max: 100, elapsedMs: () => 0 },
      });
      const ask = ([tenant, id]: readonly [string, string]) => answers.get(tenant, id);
      assert.equal(await Promise.all(kept.map(ask)), kept);
      assert.equal(await Promise.all(kept.map(ask)), kept, "as they were kept");
    }),
    { numRuns: 1_000 },
  ));

test.run();
