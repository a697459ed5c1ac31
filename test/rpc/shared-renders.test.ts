import * as assert from "uvu/assert";
import type { SharedCache } from "../../src/cache/shared-cache.ts";
import type { RenderedDashboard } from "../../src/rpc/rendered.ts";
import { shareRender } from "../../src/rpc/shared-renders.ts";
import { suite } from "../harness.ts";

const test = suite("renders that replicas share");

const nowMs = 1_767_225_600_000;
const key = { tenant: "acme", key: "x" };
const whole: RenderedDashboard = {
  html: '<div title="a\n\u2028b">é 😀</div>\n',
  digest: "d",
  freshUntilMs: nowMs + 30_000,
  partial: false,
  whole: true,
  panels: [
    { id: "a", asOfMs: nowMs, stale: false, error: "" },
    { id: "b", asOfMs: undefined, stale: false, error: "" },
  ],
};

/** What replicas share, and how they render. */
function share() {
  const state = { kept: undefined as Uint8Array | undefined, leftMs: 0, made: 0 };
  const shared: SharedCache = {
    get: async () => state.kept && { bytes: state.kept, leftMs: state.leftMs },
    put(_, leftMs, toBytes) {
      Object.assign(state, { kept: toBytes(), leftMs });
    },
  };
  const render = (rendered = whole, ms = nowMs) =>
    shareRender(
      shared,
      key,
      () => ms,
      async () => {
        state.made += 1;
        return rendered;
      },
    );
  return { state, render };
}

test("what is whole comes back as it was, and ends when it did", async () => {
  const { state, render } = share();
  assert.is(await render(), whole);
  assert.is(state.leftMs, 30_000);
  state.leftMs = 20_000;
  const found = await render(whole, nowMs + 10_000);
  const [first, second] = whole.panels;
  assert.equal(found, { ...whole, panels: [first, { id: second!.id, stale: false, error: "" }] });
  assert.is(found.html, whole.html);
  assert.is(state.made, 1);
});

test("by another clock it is fresh for what it has left, and no longer", async () => {
  const { state, render } = share();
  await render();
  state.leftMs = 20_000;
  assert.is((await render(whole, nowMs - 3_600_000)).freshUntilMs, nowMs - 3_600_000 + 20_000);
});

test("what lacks data or is nearly over stays here", async () => {
  const { state, render } = share();
  await render({ ...whole, whole: false });
  await render({ ...whole, freshUntilMs: nowMs + 999 });
  assert.is(state.kept, undefined);
});

test("what cannot be read is made anew", async () => {
  const { state, render } = share();
  for (const text of ["", "{", "\n", "nonsense\n<div>"]) {
    state.kept = Buffer.from(text);
    assert.is(await render(), whole);
  }
  assert.is(state.made, 4);
});

test.run();
