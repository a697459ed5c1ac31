import * as assert from "uvu/assert";
import { connect } from "../../src/store/connection.ts";
import { migrateDatabase } from "../../src/store/migrate.ts";
import { suite } from "../harness.ts";
import { change, definition, draft } from "./change.ts";
import { createPreviousDatabase, createPreviousReplica } from "./previous-release.ts";

const test = suite("store: the previous release");
const database = await createPreviousDatabase();

// These stay connected while the database is migrated, with the statements that they prepared before.
const connections = await Promise.all([1, 2].map(() => connect(database.url, { session: true, withinMs: 5000 })));
const [old, oldToo] = connections.map((connection) => createPreviousReplica(connection, "acme")) as [Old, Old];
type Old = ReturnType<typeof createPreviousReplica>;

const expiresAt = "2100-01-01T00:00:00.123Z";
const contentOf = (title: string) => `{"layout":{"title":"${title}"}}`;

await old.save("before", contentOf("first"));
await old.save("before", contentOf("second"));
await old.share("link", "before", expiresAt);
await old.getVersion("before", null);
await old.getActiveVersion("before");
await old.getShare("link");

// They also work meanwhile: what waits for the migration goes on after it.
let migrated = false;
async function workMeanwhile(call: (count: number) => Promise<unknown>): Promise<number> {
  for (let count = 0; ; count += 1) {
    if (migrated) return count;
    await call(count);
  }
}
const atWork = Promise.all([
  workMeanwhile((count) => old.save("meanwhile", contentOf(`${count}`))),
  workMeanwhile((count) => oldToo.share(`meanwhile ${count}`, "before", expiresAt)),
]);
await migrateDatabase(database.ownerUrl);
migrated = true;
const [saves, links] = await atWork;

const store = await database.openStore();
test.after(async () => {
  await store.close();
  for (const connection of connections) await connection.end();
});

const archive = (dashboardId: string) =>
  change(store, "acme", (tx) => tx.archiveDefinition({ dashboardId, expectedVersion: undefined }));
const restore = (dashboardId: string, version: number | undefined) =>
  change(store, "acme", (tx) =>
    tx.restoreVersion({ dashboardId, version, author: "bob", note: "", expectedVersion: undefined }),
  );

test("nothing that was acknowledged during the migration is lost", async () => {
  assert.is(await store.getActiveVersion("acme", "meanwhile"), saves);
  const listed = await store.listShares("acme", { dashboardId: "before", after: undefined, limit: 10_000 });
  assert.is(listed.length, 1 + links);
});

test("what it wrote is read, listed and restored", async () => {
  const stored = (await store.getVersion("acme", "before", undefined))!;
  assert.equal([stored.version, stored.active, stored.note, stored.archived], [2, true, "", false]);
  assert.is(stored.json, contentOf("second"));
  const wanted = { status: undefined, prefix: "before", after: undefined, limit: 1 };
  const [listed] = await store.listDefinitions("acme", wanted);
  assert.equal([listed?.status, listed?.version, listed?.revision], ["active", 2, 0]);
  const notes = (await store.listVersions("acme", "before", { before: undefined, limit: 9 })).map(({ note }) => note);
  assert.equal(notes, ["", ""]);
  const link = await store.getShare("acme", "link");
  assert.equal([link?.viewerFilters, link?.frameAncestors, link?.version], [[], [], 1]);
  assert.equal(await restore("before", 1), { version: 3 });
});

test("what this release writes is read by it, with the columns that it knows", async () => {
  await change(store, "acme", (tx) => tx.saveDefinition(definition("new", "a")));
  const { create_time_ms: _, ...version } = (await old.getVersion("new", null))!;
  const { json: content, digest, author } = definition("new", "a");
  assert.equal(version, { version: 1, active: true, content, digest, author });
  const share = { shareId: "l", dashboardId: "new", version: undefined, filtersJson: "{}", createdBy: "ann" };
  const more = { viewerFilters: ["x"], frameAncestors: ["https://a.example"], expiresAtMs: 4e12 };
  await change(store, "acme", (tx) => tx.createShare({ ...share, ...more }));
  const link = { dashboard_id: "new", version: null, filters: "{}", expires_at_ms: 4e12, revoked: false };
  assert.equal(await old.getShare("l"), link);
  await change(store, "acme", (tx) => tx.revokeShare("l"));
  assert.is((await old.getShare("l"))?.revoked, true);
});

test("both append to the same versions, and each sees the other's at once", async () => {
  assert.equal(await old.save("both", "a"), { outcome: "saved", version: 1 });
  assert.equal(await change(store, "acme", (tx) => tx.saveDefinition(definition("both", "b"))), { version: 2 });
  assert.equal(await old.save("both", "c", 2), { outcome: "saved", version: 3 });
  assert.equal(await old.save("both", "c"), { outcome: "unchanged", version: 3 });
  assert.equal(await old.save("both", "d", 2), { outcome: "conflict", version: 3 });
  assert.equal(await old.save("neither", "d", 2), { outcome: "conflict", version: 0 });
  assert.is((await store.getVersion("acme", "both", undefined))?.json, "c");
  assert.is((await old.getVersion("both", 2))?.content, "b");
});

test("20 saves at once of both releases are versions without a gap", async () => {
  const versions: number[] = [];
  const work = async (save: (content: string) => Promise<{ version: number }>, by: string) => {
    for (let i = 0; i < 5; i += 1) versions.push((await save(`${by} ${i}`)).version);
  };
  const saveNew = (content: string) => change(store, "acme", (tx) => tx.saveDefinition(definition("raced", content)));
  await Promise.all([
    work((content) => old.save("raced", content), "old"),
    work((content) => oldToo.save("raced", content), "old, too"),
    work(saveNew, "new"),
    work(saveNew, "new, too"),
  ]);
  assert.equal(
    versions.toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
});

test("to it a dashboard with only a draft is not there, until it saves a first version", async () => {
  await change(store, "acme", (tx) => tx.saveDraft(draft("begun", "draft")));
  assert.is(await old.getActiveVersion("begun"), undefined);
  assert.is(await old.getVersion("begun", null), undefined);
  assert.equal(await old.save("begun", "saved", 0), { outcome: "saved", version: 1 });
  assert.is((await store.getDraft("acme", "begun"))?.json, "draft");
});

test("to it an archived dashboard is not there, until it saves it again", async () => {
  for (const content of ["same", "another"]) {
    const id = `archived_${content}`;
    await old.save(id, "same");
    await archive(id);
    assert.is(await old.getActiveVersion(id), undefined);
    for (const version of [null, 1]) assert.is(await old.getVersion(id, version), undefined);
    const { version } = await old.save(id, content);
    assert.is(await store.getActiveVersion("acme", id), version);
    assert.is(await old.getActiveVersion(id), version);
  }
});

test.run();
