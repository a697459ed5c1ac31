import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import type { Connection } from "../../src/store/connection.ts";
import { createSharedConnection } from "../../src/store/shared-connection.ts";
import { suite } from "../harness.ts";

const test = suite("store: a connection that is shared");

/** Connections that count how many were opened and ended. */
function createConnections() {
  const counts = { opened: 0, ended: 0 };
  let lost = false;
  const open = async () => {
    counts.opened += 1;
    lost = false;
    const end = async () => {
      counts.ended += 1;
    };
    return { openedAtMs: performance.now(), isLost: () => lost, end } as unknown as Connection;
  };
  const lose = () => {
    lost = true;
  };
  return { counts, open, lose };
}

test("those who come together have the same, and it ends whenever nobody has used it for long", async () => {
  const { counts, open } = createConnections();
  const shared = createSharedConnection({ open, idleMs: 30, lifetimeMs: 60_000 });
  for (const times of [1, 2]) {
    const [one, other] = await Promise.all([shared.get(), shared.get()]);
    assert.is(one, other);
    assert.equal(counts, { opened: times, ended: times - 1 });
    await sleep(100);
    assert.equal(counts, { opened: times, ended: times });
  }
});

test("one that was lost, or has lived long enough, is followed by another", async () => {
  const { counts, open, lose } = createConnections();
  const shared = createSharedConnection({ open, idleMs: 60_000, lifetimeMs: 20 });
  await shared.get();
  lose();
  await shared.get();
  assert.equal(counts, { opened: 2, ended: 0 });
  await sleep(40);
  await shared.get();
  assert.equal(counts, { opened: 3, ended: 1 });
  await shared.close();
  assert.equal(counts, { opened: 3, ended: 2 });
});

test.run();
