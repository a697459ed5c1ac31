import * as assert from "uvu/assert";
import { toErrorAnswer } from "../../src/errors/answer.ts";
import { createLog } from "../../src/log/log.ts";
import { openStore } from "../../src/store/store.ts";
import type { TenantTransaction } from "../../src/store/tenant-transaction.ts";
import { suite } from "../harness.ts";
import { actor } from "./change.ts";
import { createTestDatabase, onConnection } from "./database.ts";
import { createProxy } from "./proxy.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: outages");
const database = await createTestDatabase();
const proxy = await createProxy(database.url);
const store = await openStore({
  url: proxy.url,
  migrateUrl: database.ownerUrl,
  dataDir: "",
  prepare: true,
  log: createLog("silent"),
});
test.after(async () => {
  proxy.swallow(false);
  await store.close();
  await proxy.close();
});

// What escapes fails the test that it escapes in: a service would be gone.
const escaped: unknown[] = [];
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  const note = (error: unknown) => escaped.push(error);
  test.before(() => void process.on(event, note));
  test.after(() => void process.off(event, note));
}
test.afterEach(() => assert.equal(escaped.splice(0), []));

const call = (key?: string) => ({ tenant: "acme", method: "Save", actor, key, fingerprint: "f" });
const answer = new Uint8Array([1]);

function save(tx: TenantTransaction, content: string) {
  const what = { dashboardId: "ops", json: content, digest: content, title: "", author: "", note: "" };
  return tx.saveDefinition({ ...what, expectedVersion: undefined });
}

const saveOnce = (content: string) =>
  store.once(call(content), async (tx) => {
    await save(tx, content);
    return answer;
  });

/** Expects DEPENDENCY_DOWN with a Retry-After, and returns after how long it came. */
async function downAfterMs(work: Promise<unknown>): Promise<number> {
  const begun = performance.now();
  const refusal = await refusalOf(work);
  assert.is(refusal.reason, "DEPENDENCY_DOWN");
  assert.is(refusal.retryAfterS, 1);
  return performance.now() - begun;
}

/** Ends every session of the service, as an operator would. */
const terminateAll = () =>
  onConnection(
    database.superuserUrl,
    ({ sql }) => sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`,
  );

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a service does all day, in every part of a call at once. */
const busy = (round: string) =>
  Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      i % 2 === 0 ? saveOnce(`${round} ${i}`) : store.getVersion("acme", "ops", undefined),
    ),
  );

for (const [how, kill] of [
  ["its backend is terminated", terminateAll],
  ["its connection is cut", async () => proxy.cut()],
] as const) {
  test(`a transaction fails whole when ${how} between its statements, and the next one works`, async () => {
    const content = `half: ${how}`;
    await downAfterMs(
      store.once(call(content), async (tx) => {
        await save(tx, content);
        await kill();
        await pause(50);
        await save(tx, "stray");
        return answer;
      }),
    );
    assert.equal(await saveOnce(content), answer);
    assert.is((await store.getVersion("acme", "ops", undefined))?.json, content);
  });

  test(`calls that run when ${how} fail at most, and the pool goes on`, async () => {
    for (let round = 0; round < 10; round += 1) {
      const working = busy(`${how} ${round}`);
      await pause(round);
      await kill();
      for (const result of await working) {
        if (result.status === "rejected") assert.is(toErrorAnswer(result.reason).reason, "DEPENDENCY_DOWN");
      }
    }
    assert.ok((await busy("after")).every(({ status }) => status === "fulfilled"));
  });
}

test("an effect that catches the loss and goes on is not acknowledged", async () => {
  await downAfterMs(
    store.once(call("stubborn"), async (tx) => {
      await save(tx, "lost");
      proxy.cut();
      await pause(20);
      await save(tx, "again")
        .catch(() => save(tx, "and again"))
        .catch(() => {});
      return answer;
    }),
  );
  assert.is.not((await store.getVersion("acme", "ops", undefined))?.json, "and again");
});

test("while connections are refused calls fail within a second, and work at once afterwards", async () => {
  await proxy.shut();
  for (const work of [() => store.ping(), () => saveOnce("refused"), () => store.isSuspended("acme")]) {
    assert.ok((await downAfterMs(work())) < 1000);
  }
  const many = await Promise.allSettled(Array.from({ length: 100 }, () => downAfterMs(store.ping())));
  assert.ok(many.every(({ status }) => status === "fulfilled"));
  await proxy.open();
  await store.ping();
  assert.equal(await saveOnce("refused"), answer);
});

test("while bytes vanish reads fail within a second, saves within 4, and all works afterwards", async () => {
  await store.ping();
  proxy.swallow(true);
  const waits = await Promise.all([
    downAfterMs(store.getVersion("acme", "ops", 1)),
    downAfterMs(store.ping()),
    downAfterMs(saveOnce("swallowed")),
  ]);
  assert.ok(waits[0]! < 1000 && waits[1]! < 1000 && waits[2]! < 4000, waits.join());
  proxy.swallow(false);
  const begun = performance.now();
  assert.equal(await saveOnce("swallowed"), answer);
  assert.ok(performance.now() - begun < 1000);
});

test("a store that is closed refuses", async () => {
  const closed = await database.openStore();
  await closed.close();
  await downAfterMs(closed.ping());
});

test.run();
