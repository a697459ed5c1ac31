/** Whether what judges the faults can tell bad from good, as in judge.test.ts. */
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { judge, type Seen } from "./judging.ts";
import { constants } from "./variables.ts";

const test = suite("judges of faults");

const page = (fields: object): Seen => ({ body: JSON.stringify({ html: "<div></div>", panels: [], ...fields }) });
const old = { html: "<div>Delayed, updated 10:00</div>", panels: [{ stale: true }] };

/** By property: what must be found wrong, and what must not. */
const samples: Readonly<Record<string, { readonly bad: readonly Seen[]; readonly good: readonly Seen[] }>> = {
  stale_marker: {
    bad: [page({}), page({ ...old, html: "<div>Updated 10:00</div>" }), page({ ...old, panels: [{ stale: false }] })],
    good: [page(old)],
  },
  ttl_s_small: { bad: [page({ ttl_s: 11 }), page({})], good: [page({ ttl_s: 10 })] },
  not_cached_full_ttl: {
    bad: [page({ partial: true, ttl_s: 6 })],
    good: [page({ partial: true, ttl_s: 5 }), page({ partial: false, ttl_s: 60 })],
  },
};

for (const [name, { bad, good }] of Object.entries(samples)) {
  test(`${name} finds what is wrong, and nothing else`, async () => {
    for (const seen of bad) assert.type(await judge(name, [seen]), "string", JSON.stringify(seen));
    for (const seen of good) assert.type(await judge(name, [seen]), "undefined", JSON.stringify(seen));
  });
}

test("a save that was acknowledged is to be there, and one at least is to have been", async () => {
  const saved = new Set(["kept"]);
  const world = { database: { hasVersion: async (id: string) => saved.has(id) } };
  const save = (id: string, status = 200): Seen => ({
    status,
    path: constants.DEFS as string,
    json: { dashboard_id: id },
    body: '{"version":1}',
  });
  const judged = (...seen: Seen[]) => judge("acked_readable", seen, { scope: { world } });
  assert.is(await judged(save("kept"), save("refused", 503)), undefined);
  assert.is(await judged(save("kept"), save("gone")), "gone is lost");
  assert.is(await judged(save("kept", 503)), "nothing was acknowledged");
});

test("a process that is another one was restarted", async () => {
  const world = { service: { pid: 1, isRunning: () => true } };
  const restart = () => {
    world.service = { ...world.service, pid: 2 };
  };
  const name = "process_not_restarted";
  assert.is(await judge(name, [{}], { scope: { world } }), undefined);
  assert.type(await judge(name, [{}], { scope: { world }, meanwhile: restart }), "string");
});

test("what is there by half is counted", async () => {
  for (const [halves, problem] of [
    [0, "undefined"],
    [2, "string"],
  ] as const) {
    const world = { database: { halves: async () => halves } };
    assert.type(await judge("no_half_state", [{}], { scope: { world } }), problem);
  }
});

test.run();
