import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { toErrorAnswer } from "../../src/errors/answer.ts";
import { createBulkhead } from "../../src/rpc/bulkhead.ts";
import { suite } from "../harness.ts";

const test = suite("bulkhead");

test("no more than its share of a tenant's work, and than the total of all, runs at once", async () => {
  const bulkhead = createBulkhead({ perTenant: 2, total: 3, waitMs: 1_000, maxWaiting: 100 });
  const running = new Map<string, number>();
  const most = new Map<string, number>();
  let all = 0;
  let mostOfAll = 0;
  const work = (tenant: string) => async () => {
    running.set(tenant, (running.get(tenant) ?? 0) + 1);
    mostOfAll = Math.max(mostOfAll, ++all);
    most.set(tenant, Math.max(most.get(tenant) ?? 0, running.get(tenant)!));
    await sleep(2);
    running.set(tenant, running.get(tenant)! - 1);
    all -= 1;
  };
  const tenants = ["a", "a", "a", "a", "a", "b", "b", "b", "c"];
  await Promise.all(tenants.map((tenant) => bulkhead.run(tenant, work(tenant))));
  assert.is(most.get("a"), 2);
  assert.is(mostOfAll, 3);
});

test("a tenant that has used its share does not hold up another", async () => {
  const bulkhead = createBulkhead({ perTenant: 1, total: 2, waitMs: 1_000, maxWaiting: 100 });
  let release = () => {};
  const slow = bulkhead.run(
    "a",
    () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  );
  const queued = bulkhead.run("a", async () => "second of a");
  assert.is(await bulkhead.run("b", async () => "b"), "b");
  release();
  await slow;
  assert.is(await queued, "second of a");
});

test("work that waits too long, or finds too many waiting, is told to try again", async () => {
  const bulkhead = createBulkhead({ perTenant: 1, total: 1, waitMs: 5, maxWaiting: 1 });
  let release = () => {};
  const slow = bulkhead.run(
    "a",
    () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  );
  const late = bulkhead.run("a", async () => {}).catch(toErrorAnswer);
  const crowded = await bulkhead.run("a", async () => {}).catch(toErrorAnswer);
  assert.equal([(await late)?.status, (await late)?.retryAfterS], [503, 1]);
  assert.is(crowded?.reason, "OVERLOADED");
  release();
  await slow;
  assert.is(await bulkhead.run("a", async () => "free again"), "free again");
});

test("work that fails gives its room back", async () => {
  const bulkhead = createBulkhead({ perTenant: 1, total: 1, waitMs: 5, maxWaiting: 1 });
  await bulkhead
    .run("a", async () => {
      throw new Error("x");
    })
    .catch(() => {});
  assert.is(await bulkhead.run("a", async () => 1), 1);
});

test.run();
