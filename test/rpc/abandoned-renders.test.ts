import * as assert from "uvu/assert";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import { reasonOf, toFault } from "../../src/errors/answer.ts";
import { createBulkhead } from "../../src/limit/bulkhead.ts";
import { createHoldings } from "../../src/limit/holdings.ts";
import { toLoaded } from "../../src/rpc/definitions.ts";
import { asSaved } from "../../src/rpc/presentation.ts";
import { createDashboardRendering } from "../../src/rpc/render.ts";
import { definitionOf, duckdbOf, valuesOf } from "../definition/make.ts";
import { suite } from "../harness.ts";
import { frameOf } from "../render/gallery.ts";
import { createTestRenderer } from "../render/renderer.ts";

const test = suite("abandoned renders");

const loaded = toLoaded(
  definitionOf({
    filters: [{ name: "plan", type: "string" }],
    layout: { title: "Orders", panels: [{ title: "Orders", datasource: "q", table: {} }] },
    datasources: [duckdbOf("q", "select 1 [[where plan = :plan]]")],
  }),
  1,
);

/** One render at a time, of which each waits for its rows until they are let go. */
function setUp() {
  const rows = Promise.withResolvers<void>();
  const state = { reads: 0 };
  const rendering = createDashboardRendering({
    sources: {
      async run() {
        state.reads += 1;
        await rows.promise;
        const frame = frameOf({ plan: ["Free"] });
        const shownUntilMs = Number.POSITIVE_INFINITY;
        return { ok: true, frame, asOfMs: Date.now(), ttlS: 300, stale: false, shownUntilMs };
      },
      revisions: async () => "",
      async close() {},
    },
    renderer: createTestRenderer(),
    cache: createByteCache({ maxBytes: 1 << 24, now: Date.now }),
    bulkhead: createBulkhead({ perKey: 1, waitMs: 10_000, refusal: () => new Error("busy") }),
    holdings: createHoldings({ perKey: 1 << 20, total: 1 << 20, refusal: () => new Error("too large") }),
    now: Date.now,
  });
  const render = (plan: string, signal?: AbortSignal) =>
    rendering
      .render("acme", loaded, { ...asSaved, filters: valuesOf({ plan }), ...(signal && { signal }) })
      .then(({ html }) => (html.includes("Free") ? "drawn" : "empty"))
      .catch((error: unknown) => reasonOf(toFault(error)));
  return { render, state, letGo: rows.resolve };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 10));

test("a render that waits for its turn, and that nobody waits for, reads nothing", async () => {
  const { render, state, letGo } = setUp();
  const gone = new AbortController();
  const first = render("Free");
  await settle();
  const abandoned = render("Team", gone.signal);
  await settle();
  gone.abort();
  assert.is(await abandoned, "CANCELED");
  letGo();
  assert.is(await first, "drawn");
  await settle();
  assert.is(state.reads, 1);
});

test("one that somebody else waits for is drawn, whoever leaves", async () => {
  const { render, letGo } = setUp();
  const gone = new AbortController();
  const first = render("Free");
  await settle();
  render("Team", gone.signal);
  const stays = render("Team");
  await settle();
  gone.abort();
  letGo();
  assert.equal(await Promise.all([first, stays]), ["drawn", "drawn"]);
});

test("one that was begun is drawn and kept, although its caller left", async () => {
  const { render, state, letGo } = setUp();
  const gone = new AbortController();
  render("Free", gone.signal);
  await settle();
  gone.abort();
  letGo();
  await settle();
  assert.equal([await render("Free"), state.reads], ["drawn", 1]);
});

test.run();
