import * as assert from "uvu/assert";
import type { DraftPublish, DraftSave } from "../../src/store/drafts.ts";
import { suite } from "../harness.ts";
import { change, definition, draft } from "./change.ts";
import { createTestDatabase } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: drafts");
const database = await createTestDatabase();
const store = await database.openStore();
test.after(() => store.close());

const save = (dashboardId: string, content: string) =>
  change(store, "acme", (tx) => tx.saveDefinition(definition(dashboardId, content)));
const saveDraft = (dashboardId: string, content: string, more: Partial<DraftSave> = {}) =>
  change(store, "acme", (tx) => tx.saveDraft(draft(dashboardId, content, more)));
const archive = (dashboardId: string) =>
  change(store, "acme", (tx) => tx.archiveDefinition({ dashboardId, expectedVersion: undefined }));
const publish = (dashboardId: string, more: Partial<DraftPublish> = {}) => {
  const what = { dashboardId, author: "bob", note: "", expectedVersion: undefined, expectedRevision: undefined };
  return change(store, "acme", (tx) => tx.publishDraft({ ...what, ...more }));
};

test("a draft is kept as it was given, by its tenant, and renders nothing", async () => {
  const before = Date.now() - 1000;
  assert.equal(await saveDraft("fresh", "a"), { revision: 1, version: 0 });
  const { updateTimeMs, ...kept } = (await store.getDraft("acme", "fresh"))!;
  const { json, digest, title, author, note } = draft("fresh", "a");
  const facts = { dashboardId: "fresh", revision: 1, baseVersion: 0, archived: false };
  assert.equal(kept, { ...facts, json, digest, title, author, note });
  assert.ok(updateTimeMs > before && updateTimeMs < Date.now() + 1000);
  assert.is(await store.getActiveVersion("acme", "fresh"), undefined);
  assert.is(await store.getVersion("acme", "fresh", undefined), undefined);
  assert.is(await store.getDraft("bolt", "fresh"), undefined);
  assert.is(await store.getDraft("acme", "unknown"), undefined);
});

test("a dashboard has one draft, whose revision counts its changes, and remembers where it began", async () => {
  await save("counted", "v1");
  assert.equal(await saveDraft("counted", "a"), { revision: 1, version: 1 });
  await save("counted", "v2");
  assert.equal(await saveDraft("counted", "b"), { revision: 2, version: 2 });
  const kept = await store.getDraft("acme", "counted");
  assert.equal([kept?.json, kept?.revision, kept?.baseVersion], ["b", 2, 1]);
  assert.is((await store.getVersion("acme", "counted", undefined))?.json, "v2");
});

test("equal content keeps the revision, and what is said of it is what was said last", async () => {
  await saveDraft("equal", "a");
  assert.equal(await saveDraft("equal", "a", { note: "better words", author: "bob" }), { revision: 1, version: 0 });
  const kept = await store.getDraft("acme", "equal");
  assert.equal([kept?.note, kept?.author], ["better words", "bob"]);
});

test("a draft that expects another revision is refused, says what to do and changes nothing", async () => {
  assert.equal(await saveDraft("revised", "a", { expectedRevision: 0 }), { revision: 1, version: 0 });
  assert.equal(await saveDraft("revised", "b", { expectedRevision: 1 }), { revision: 2, version: 0 });
  for (const expectedRevision of [0, 1, 3]) {
    const refusal = await refusalOf(saveDraft("revised", "c", { expectedRevision }));
    assert.is(refusal.reason, "STALE_VERSION");
    assert.match(refusal.body.message, "revision is 2");
    assert.match(refusal.body.message, "expected_revision 2");
  }
  assert.is((await store.getDraft("acme", "revised"))?.json, "b");
});

test("a draft may expect a version, too", async () => {
  await save("based", "v1");
  assert.match((await refusalOf(saveDraft("based", "a", { expectedVersion: 0 }))).body.message, "expected_version 1");
  assert.equal(await saveDraft("based", "a", { expectedVersion: 1, expectedRevision: 0 }), { revision: 1, version: 1 });
});

test("a draft that expects what a new dashboard has not is refused and leaves no dashboard behind", async () => {
  for (const more of [{ expectedVersion: 1 }, { expectedRevision: 1 }]) {
    assert.is((await refusalOf(saveDraft("phantom", "a", more))).reason, "STALE_VERSION");
    await change(store, "acme", (tx) => tx.saveDraft(draft("phantom", "a", more)).catch(() => undefined));
  }
  const wanted = { status: undefined, prefix: "phantom", after: undefined, limit: 10 };
  assert.equal(await store.listDefinitions("acme", wanted), []);
});

test("a published draft is the next version, word for word, and goes", async () => {
  await save("published", "v1");
  await saveDraft("published", '{"a": 1 }', { title: "New title" });
  assert.equal(await publish("published"), { version: 2 });
  const { createTimeMs: _, ...version } = (await store.getVersion("acme", "published", undefined))!;
  const { json, digest, note } = draft("published", '{"a": 1 }');
  const facts = { dashboardId: "published", version: 2, active: true, archived: false };
  assert.equal(version, { ...facts, json, digest, author: "bob", note });
  assert.is(await store.getDraft("acme", "published"), undefined);
  const [listed] = await store.listDefinitions("acme", { status: undefined, prefix: "published", after: "", limit: 1 });
  assert.equal([listed?.title, listed?.revision], ["New title", 0]);
});

test("a note given when publishing is the version's", async () => {
  await saveDraft("noted", "a");
  await publish("noted", { note: "first one" });
  assert.is((await store.getVersion("acme", "noted", 1))?.note, "first one");
});

test("the next draft counts on, so that nobody takes it for the one before", async () => {
  await saveDraft("counts_on", "a");
  await publish("counts_on");
  assert.equal(await saveDraft("counts_on", "b", { expectedRevision: 0 }), { revision: 2, version: 1 });
  assert.is((await refusalOf(saveDraft("counts_on", "c", { expectedRevision: 1 }))).reason, "STALE_VERSION");
});

test("a draft equal to the active version adds none, and goes", async () => {
  await save("nothing_new", "a");
  await saveDraft("nothing_new", "a");
  assert.equal(await publish("nothing_new"), { version: 1 });
  assert.is(await store.getDraft("acme", "nothing_new"), undefined);
});

test("without a draft there is nothing to publish", async () => {
  await save("no_draft", "a");
  for (const dashboardId of ["no_draft", "unknown"]) {
    const refusal = await refusalOf(publish(dashboardId, { expectedVersion: 7 }));
    assert.is(refusal.reason, "NOT_FOUND");
    assert.match(refusal.body.message, "draft");
  }
});

test("a publish that expects something else is refused and changes nothing", async () => {
  await saveDraft("expected", "a");
  const cases = [
    [{ expectedVersion: 1 }, "no version yet"],
    [{ expectedRevision: 2 }, "expected_revision 1"],
  ] as const;
  for (const [more, words] of cases) {
    const refusal = await refusalOf(publish("expected", more));
    assert.is(refusal.reason, "STALE_VERSION");
    assert.match(refusal.body.message, words);
  }
  assert.is((await store.getDraft("acme", "expected"))?.revision, 1);
  assert.equal(await publish("expected", { expectedVersion: 0, expectedRevision: 1 }), { version: 1 });
});

test("a draft of an archived dashboard leaves it archived, and publishing it brings it back", async () => {
  await save("asleep", "v1");
  await archive("asleep");
  assert.equal(await saveDraft("asleep", "a"), { revision: 1, version: 1 });
  assert.is((await store.getDraft("acme", "asleep"))?.archived, true);
  assert.is(await store.getActiveVersion("acme", "asleep"), undefined);
  assert.equal(await publish("asleep"), { version: 2 });
  assert.is(await store.getActiveVersion("acme", "asleep"), 2);
});

test("a dashboard that was never published is archived with its draft, and is back with the next one", async () => {
  await saveDraft("never", "a");
  await archive("never");
  assert.is((await store.getDraft("acme", "never"))?.archived, true);
  await saveDraft("never", "b");
  assert.is((await store.getDraft("acme", "never"))?.archived, false);
});

test("a plain save makes the first version of a dashboard that had only a draft, and leaves the draft", async () => {
  await saveDraft("beside", "a");
  const first = await change(store, "acme", (tx) =>
    tx.saveDefinition(definition("beside", "b", { expectedVersion: 0 })),
  );
  assert.equal(first, { version: 1 });
  assert.is((await store.getDraft("acme", "beside"))?.json, "a");
});

test.run();
