import * as assert from "uvu/assert";
import { toErrorAnswer } from "../../src/errors/answer.ts";
import { suite } from "../harness.ts";
import { change, definition } from "./change.ts";
import { createTestDatabase } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: definitions");
const database = await createTestDatabase();
const store = await database.openStore();
const other = await database.openStore();
test.after(async () => {
  await store.close();
  await other.close();
});

function save(dashboardId: string, content: string, expectedVersion?: number, on = store, tenant = "acme") {
  return change(on, tenant, (tx) => tx.saveDefinition(definition(dashboardId, content, { expectedVersion })));
}

test("a save is readable at once, here and in another process, with its text as it was", async () => {
  const text = '{"layout":{"title":"Größe \\u0007 \u{1f600}"},"datasources":[]}';
  const before = Date.now() - 1000;
  assert.equal(await save("verbatim", text), { version: 1 });
  for (const reader of [store, other]) {
    const stored = await reader.getVersion("acme", "verbatim", undefined);
    assert.is(stored?.json, text);
    assert.is(stored?.digest, `digest of ${text}`);
    assert.is(stored?.author, "ann");
    assert.is(stored?.note, "why");
    assert.is(stored?.archived, false);
    assert.ok(stored!.active && stored!.createTimeMs > before && stored!.createTimeMs < Date.now() + 1000);
    assert.is(await reader.getActiveVersion("acme", "verbatim"), 1);
  }
});

test("every version stays, and the last one is active", async () => {
  for (const content of ["a", "b", "c"]) await save("history", content);
  const versions = await Promise.all([1, 2, 3, 4].map((version) => store.getVersion("acme", "history", version)));
  assert.equal(
    versions.map((version) => version && [version.version, version.json, version.active]),
    [[1, "a", false], [2, "b", false], [3, "c", true], undefined],
  );
});

test("content equal to the active version adds none, content of an older version does", async () => {
  await save("same", "a");
  assert.equal(await save("same", "a"), { version: 1 });
  assert.equal(await save("same", "a", 1), { version: 1 });
  assert.equal(await save("same", "b"), { version: 2 });
  assert.equal(await save("same", "a"), { version: 3 });
});

test("a save that expects another version is refused, says what to do and changes nothing", async () => {
  await save("stale", "a");
  await save("stale", "b", 1);
  for (const content of ["c", "b"]) {
    const refusal = await refusalOf(save("stale", content, 1));
    assert.is(refusal.reason, "STALE_VERSION");
    assert.is(refusal.status, 409);
    assert.match(refusal.body.message, "active version is 2");
    assert.match(refusal.body.message, "expected_version 2");
  }
  assert.is((await refusalOf(save("stale", "c", 0))).reason, "STALE_VERSION");
  assert.is((await store.getVersion("acme", "stale", undefined))?.json, "b");
});

test("expected version 0 means that the dashboard must not exist, another one that it must", async () => {
  const refusal = await refusalOf(save("fresh", "a", 1));
  assert.is(refusal.reason, "STALE_VERSION");
  assert.match(refusal.body.message, "no version yet");
  assert.is(await store.getVersion("acme", "fresh", undefined), undefined);
  assert.equal(await save("fresh", "a", 0), { version: 1 });
});

test("of 20 saves at once that expect the same version, one wins", async () => {
  await save("race", "start");
  const saves = Array.from({ length: 20 }, (_, i) => save("race", `content ${i}`, 1, i % 2 ? store : other));
  const results = await Promise.allSettled(saves);
  const losers = results.filter((result) => result.status === "rejected");
  assert.is(losers.length, 19);
  for (const { reason } of losers) assert.is(toErrorAnswer(reason).reason, "STALE_VERSION");
  assert.is(await store.getActiveVersion("acme", "race"), 2);
});

test("20 first saves at once are versions 1 to 20, none lost, the active one the last", async () => {
  const saves = Array.from({ length: 20 }, (_, i) => save("firsts", `content ${i}`, undefined, i % 2 ? store : other));
  const results = await Promise.all(saves);
  const numbers = results.map(({ version }) => version);
  assert.equal(
    numbers.toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
  for (const [i, version] of numbers.entries()) {
    assert.is((await store.getVersion("acme", "firsts", version))?.json, `content ${i}`);
  }
  assert.is((await store.getVersion("acme", "firsts", undefined))?.version, 20);
});

test("20 equal first saves at once are one version", async () => {
  const results = await Promise.all(Array.from({ length: 20 }, () => save("twins", "same")));
  assert.ok(results.every(({ version }) => version === 1));
});

test("an effect that fails leaves nothing behind", async () => {
  const failing = change(store, "acme", async (tx) => {
    await tx.saveDefinition(definition("half", "a"));
    assert.is((await tx.getVersion("half"))?.json, "a");
    throw new Error("no");
  });
  await refusalOf(failing);
  assert.is(await store.getActiveVersion("acme", "half"), undefined);
});

test("tenants do not see one another's dashboards, even under the same id", async () => {
  await save("shared_id", "of acme");
  assert.is(await store.getVersion("bolt", "shared_id", undefined), undefined);
  assert.is(await store.getVersion("bolt", "shared_id", 1), undefined);
  assert.is(await store.getActiveVersion("bolt", "shared_id"), undefined);
  assert.equal(await save("shared_id", "of bolt", 0, store, "bolt"), { version: 1 });
  assert.is((await store.getVersion("acme", "shared_id", undefined))?.json, "of acme");
});

test("text that PostgreSQL cannot hold is the caller's mistake, and is not echoed", async () => {
  const refusal = await refusalOf(save("nul", "secret \u0000"));
  assert.is(refusal.reason, "INVALID_REQUEST");
  assert.not.match(refusal.body.message, "secret");
});

test.run();
