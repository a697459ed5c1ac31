import * as assert from "uvu/assert";
import { fault } from "../../src/errors/fault.ts";
import type { Call } from "../../src/store/call.ts";
import type { TenantTransaction } from "../../src/store/tenant-transaction.ts";
import { suite } from "../harness.ts";
import { actor } from "./change.ts";
import { createTestDatabase, onConnection } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: once");
const database = await createTestDatabase();
const store = await database.openStore();
const other = await database.openStore();
test.after(async () => {
  await store.close();
  await other.close();
});

const callOf = (key: string, more: Partial<Call> = {}): Call => ({
  tenant: "acme",
  method: "Save",
  actor,
  key,
  fingerprint: "f",
  ...more,
});

let effects = 0;

/** An effect that leaves a trace in the database, and answers what nobody else answers. */
async function effect(tx: TenantTransaction): Promise<Uint8Array> {
  effects += 1;
  const content = `content ${effects}`;
  const what = { dashboardId: "counted", json: content, digest: content, title: "", author: "", note: "" };
  await tx.saveDefinition({ ...what, expectedVersion: undefined });
  return answerOf(content);
}

const answerOf = (text: string) => new Uint8Array([0, 255, ...Buffer.from(text)]);

const versionsSaved = async () => (await store.getActiveVersion("acme", "counted")) ?? 0;

test("a repeated call gets the first one's bytes and has no effect, in every process", async () => {
  const first = await store.once(callOf("repeat"), effect);
  const before = await versionsSaved();
  for (const process of [store, other]) {
    const again = await process.once(callOf("repeat"), effect);
    assert.equal(Buffer.from(again), Buffer.from(first));
  }
  assert.is(await versionsSaved(), before);
});

test("a key belongs to a tenant and a method", async () => {
  const before = effects;
  await store.once(callOf("mine"), effect);
  await store.once(callOf("mine", { tenant: "bolt" }), effect);
  await store.once(callOf("mine", { method: "Share" }), effect);
  assert.is(effects, before + 3);
});

test("a key of another request is refused and changes nothing", async () => {
  await store.once(callOf("reuse"), effect);
  const before = await versionsSaved();
  const refusal = await refusalOf(store.once(callOf("reuse", { fingerprint: "g" }), effect));
  assert.is(refusal.reason, "REQUEST_ID_REUSED");
  assert.is(refusal.status, 400);
  assert.is(await versionsSaved(), before);
});

test("a call without a key has its effect every time", async () => {
  const call = { ...callOf(""), key: undefined };
  const before = await versionsSaved();
  await store.once(call, effect);
  await store.once(call, effect);
  assert.is(await versionsSaved(), before + 2);
});

test("50 duplicates at once, in two processes, have one effect and one answer", async () => {
  const before = await versionsSaved();
  const calls = Array.from({ length: 50 }, (_, i) => (i % 2 ? store : other).once(callOf("burst"), effect));
  const answers = await Promise.all(calls);
  assert.is(new Set(answers.map((answer) => Buffer.from(answer).toString("hex"))).size, 1);
  assert.is(await versionsSaved(), before + 1);
});

test("a first attempt that fails is not kept: a waiting duplicate takes over", async () => {
  const before = await versionsSaved();
  const started = Promise.withResolvers<void>();
  const failing = refusalOf(
    store.once(callOf("takeover"), async (tx) => {
      await effect(tx);
      started.resolve();
      throw fault("STALE_VERSION", "no");
    }),
  );
  await started.promise;
  const waiting = [store, other, store].map((process) => process.once(callOf("takeover"), effect));
  assert.is((await failing).reason, "STALE_VERSION");
  const answers = await Promise.all(waiting);
  assert.is(new Set(answers.map((answer) => Buffer.from(answer).toString("hex"))).size, 1);
  assert.is(await versionsSaved(), before + 1);
});

test("a duplicate waits 2 s, then it is told to come back, in the same process and in another", async () => {
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const holder = store.once(callOf("slow"), async (tx) => {
    started.resolve();
    await gate.promise;
    return await effect(tx);
  });
  await started.promise;
  const begun = performance.now();
  const refusals = await Promise.all([store, other].map((process) => refusalOf(process.once(callOf("slow"), effect))));
  const waitedMs = performance.now() - begun;
  gate.resolve();
  for (const refusal of refusals) {
    assert.is(refusal.reason, "IDEMPOTENCY_IN_FLIGHT");
    assert.is(refusal.status, 409);
    assert.is(refusal.retryAfterS, 1);
  }
  assert.ok(waitedMs > 1900 && waitedMs < 2800, `waited ${waitedMs} ms`);
  await holder;
});

test("duplicates that wait leave connections to the holder and to others", async () => {
  const gate = Promise.withResolvers<void>();
  const holder = store.once(callOf("held"), async (tx) => {
    await gate.promise;
    // The holder may even ask outside of its transaction.
    await store.getActiveVersion("acme", "counted");
    return await effect(tx);
  });
  const duplicates = [store, other].flatMap((process) =>
    Array.from({ length: 30 }, () => process.once(callOf("held"), effect)),
  );
  const begun = performance.now();
  for (const process of [store, other]) {
    await process.once(callOf("free", { tenant: "bolt" }), effect);
    await process.once(callOf("free too"), effect);
  }
  assert.ok(performance.now() - begun < 1000, "others had to wait");
  gate.resolve();
  const answers = await Promise.all([holder, ...duplicates]);
  assert.is(new Set(answers.map((answer) => Buffer.from(answer).toString("hex"))).size, 1);
});

test("a tenant with many slow calls leaves connections to the others", async () => {
  const gate = Promise.withResolvers<void>();
  const slow = Array.from({ length: 20 }, (_, i) =>
    store.once(callOf(`slow ${i}`), async () => {
      await gate.promise;
      return answerOf("slow");
    }),
  );
  const begun = performance.now();
  for (let i = 0; i < 20; i += 1) await store.getActiveVersion("bolt", "counted");
  assert.ok(performance.now() - begun < 500, "others had to wait");
  gate.resolve();
  await Promise.all(slow);
});

test("answers are kept for 24 hours by the database's clock, and then give way", async () => {
  await store.once(callOf("old"), effect);
  const hours = await onConnection(database.superuserUrl, async ({ sql }) => {
    const [row] = await sql`select extract(epoch from expires_at - now()) / 3600 as hours
      from idempotency_keys where key = 'old'`;
    await sql`update idempotency_keys set expires_at = now() - interval '1 second' where key = 'old'`;
    return Number(row!.hours);
  });
  assert.ok(hours > 23.9 && hours <= 24, `${hours} h`);
  const before = await versionsSaved();
  const second = await store.once(callOf("old", { fingerprint: "another" }), effect);
  assert.is(await versionsSaved(), before + 1);
  const replay = await store.once(callOf("old", { fingerprint: "another" }), effect);
  assert.equal(Buffer.from(replay), Buffer.from(second));
});

test("an effect whose failed statement goes unnoticed is not acknowledged", async () => {
  const share = { shareId: "s", dashboardId: "nowhere", version: undefined, filtersJson: "\u0000", createdBy: "" };
  for (const key of [undefined, "unnoticed"]) {
    const call = { ...callOf(""), key };
    const work = store.once(call, async (tx) => {
      await tx.createShare({ ...share, viewerFilters: [], frameAncestors: [], expiresAtMs: 0 }).catch(() => {});
      return answerOf("done");
    });
    assert.is((await refusalOf(work)).reason, "INTERNAL");
  }
});

test("what an effect leaves running does not reach the next transaction", async () => {
  const gate = Promise.withResolvers<void>();
  let stray: Promise<unknown> = Promise.resolve();
  await store.once(callOf("stray"), async (tx) => {
    stray = gate.promise.then(() => effect(tx));
    return answerOf("done");
  });
  const before = await versionsSaved();
  gate.resolve();
  assert.is((await refusalOf(stray)).reason, "INTERNAL");
  assert.is(await versionsSaved(), before);
});

test.run();
