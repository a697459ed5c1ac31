import * as assert from "uvu/assert";
import type { Call } from "../../src/store/call.ts";
import type { ConnectionSave } from "../../src/store/connections.ts";
import type { Store } from "../../src/store/store.ts";
import { suite } from "../harness.ts";
import { actor } from "./change.ts";
import { createTestDatabase, onConnection } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: connections");
const database = await createTestDatabase();
const store = await database.openStore();
test.after(() => store.close());

const call = (tenant: string): Call => ({ tenant, method: "SaveConnection", actor, key: undefined, fingerprint: "" });
const none = new Uint8Array();

type Saved = Awaited<ReturnType<Parameters<Parameters<Store["once"]>[1]>[0]["saveConnection"]>>;

/** Saves as the service does, and returns what is there then. */
async function save(tenant: string, name: string, more: Partial<ConnectionSave> = {}): Promise<Saved> {
  const defaults = { kind: "http", settingsJson: "{}", secret: undefined, author: "ann", expectedRevision: undefined };
  let saved: Saved | undefined;
  await store.once(call(tenant), async (tx) => {
    saved = await tx.saveConnection({ ...defaults, name, check: () => {}, ...more });
    return none;
  });
  return saved!;
}

const remove = (tenant: string, name: string) =>
  store.once(call(tenant), async (tx) => {
    await tx.deleteConnection(name, "bob");
    return none;
  });

const namesOf = async (tenant: string, after?: string, limit = 100) =>
  (await store.listConnections(tenant, { after, limit })).map(({ name }) => name);

test("a connection is saved, replaced and read, each time with the next revision", async () => {
  const first = await save("acme", "w", { settingsJson: '{"a":1}', secret: "sealed-1" });
  assert.equal([first.revision, first.secret, first.updatedBy], [1, "sealed-1", "ann"]);
  const second = await save("acme", "w", { settingsJson: '{"a":2}', author: "bob", expectedRevision: 1 });
  assert.equal([second.revision, second.settingsJson, second.updatedBy], [2, '{"a":2}', "bob"]);
  assert.is(second.secret, "sealed-1", "it stays unless another one is given");
  assert.is(second.createTimeMs, first.createTimeMs);
  assert.equal(await store.getConnection("acme", "w"), second);
  const asked = [
    ["acme", "none"],
    ["acme", "w"],
    ["bolt", "w"],
    ["acme", "w"],
  ].map(([tenant, id]) => ({ tenant: tenant!, id: id! }));
  assert.equal(await store.getConnections(asked), [undefined, second, undefined, second]);
  assert.equal(await store.getConnections([]), []);
  assert.is((await save("acme", "w", { secret: "" })).secret, undefined);
});

test("another revision than expected is a conflict that changes nothing", async () => {
  const before = await store.getConnection("acme", "w");
  for (const expectedRevision of [0, 2, 9]) {
    const { body } = await refusalOf(save("acme", "w", { expectedRevision }));
    assert.equal([body.reason, /revision is 3/.test(body.message)], ["STALE_VERSION", true]);
  }
  assert.is((await refusalOf(save("acme", "new", { expectedRevision: 1 }))).reason, "STALE_VERSION");
  assert.equal(await store.getConnection("acme", "w"), before);
  assert.is(await store.getConnection("acme", "new"), undefined);
});

test("what the check refuses is not saved", async () => {
  const seen: unknown[] = [];
  const check = (current: unknown) => {
    seen.push(current);
    throw new Error("no");
  };
  const before = await store.getConnection("acme", "w");
  await refusalOf(save("acme", "w", { check }));
  assert.equal([seen, await store.getConnection("acme", "w")], [[before], before]);
});

test("deleting wipes settings and secret for good, and the name's revisions go on", async () => {
  await save("acme", "gone", { secret: "sealed-gone" });
  await remove("acme", "gone");
  assert.is(await store.getConnection("acme", "gone"), undefined);
  assert.not.ok((await namesOf("acme")).includes("gone"));
  await onConnection(database.superuserUrl, async ({ sql }) => {
    const [row] = await sql`select kind, settings, secret, revision, updated_by from connections where name = 'gone'`;
    assert.equal({ ...row }, { kind: null, settings: null, secret: null, revision: 1, updated_by: "bob" });
  });
  assert.is((await refusalOf(remove("acme", "gone"))).reason, "NOT_FOUND");
  assert.is((await refusalOf(save("acme", "gone", { expectedRevision: 1 }))).reason, "STALE_VERSION");
  const again = await save("acme", "gone", { expectedRevision: 0 });
  assert.equal([again.revision, again.secret], [2, undefined]);
});

test("another tenant's connection does not exist", async () => {
  assert.is(await store.getConnection("bolt", "w"), undefined);
  assert.equal(await namesOf("bolt"), []);
  assert.is((await refusalOf(remove("bolt", "w"))).reason, "NOT_FOUND");
  assert.is((await save("bolt", "w", { settingsJson: '{"b":1}' })).revision, 1);
  assert.is((await store.getConnection("acme", "w"))!.settingsJson, "{}");
});

test("lists go by the bytes of names, page by page, and without secrets", async () => {
  for (const name of ["b", "B", "a_", "a-", "a1", "1"]) await save("lists", name, { secret: "sealed-list" });
  const all = ["1", "B", "a-", "a1", "a_", "b"];
  assert.equal(await namesOf("lists"), all);
  assert.equal(await namesOf("lists", "a-", 2), ["a1", "a_"]);
  const listed = await store.listConnections("lists", { after: undefined, limit: 10 });
  assert.ok(listed.every(({ hasSecret }) => hasSecret));
  assert.not.match(JSON.stringify(listed), "sealed-list");
});

test("names that were used have an end, at which one of them can be used again", async () => {
  await onConnection(database.superuserUrl, async ({ sql }) => {
    await sql`insert into connections (tenant_id, name, revision, updated_by, deleted_at)
      select 'worn', 'n' || at, 1, 'ann', now() from generate_series(1, 10000) at`;
  });
  assert.is((await refusalOf(save("worn", "new"))).reason, "QUOTA_EXCEEDED");
  assert.is((await save("worn", "n7")).revision, 2);
  assert.is((await save("worn", "n7")).revision, 3);
});

test("a tenant has at most 200, deleted ones not counted, also when many are saved at once", async () => {
  await onConnection(
    database.superuserUrl,
    ({ sql }) => sql`
      insert into connections (tenant_id, name, kind, settings, revision, updated_by)
      select 'full', 'c' || i, 'http', '{}', 1, 'ann' from generate_series(1, 197) i`,
  );
  const names = ["x1", "x2", "x3", "x4", "x5", "x6"];
  const outcomes = await Promise.allSettled(names.map((name) => save("full", name)));
  assert.is(outcomes.filter(({ status }) => status === "fulfilled").length, 3);
  const { reason, status, body } = await refusalOf(save("full", "y"));
  assert.equal([reason, status, body.error], ["QUOTA_EXCEEDED", 429, "rate_limited"]);
  assert.is((await save("full", "c1")).revision, 2, "what is there can be replaced");
  await remove("full", "c2");
  assert.is((await save("full", "y")).revision, 1);
});

test("of many saves at once each has a revision of its own, and of those that expect one, one is saved", async () => {
  const saved = await Promise.all(Array.from({ length: 20 }, () => save("race", "r")));
  assert.equal(
    saved.map(({ revision }) => revision).sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  const raced = await Promise.allSettled(Array.from({ length: 10 }, () => save("race", "r", { expectedRevision: 20 })));
  assert.is(raced.filter(({ status }) => status === "fulfilled").length, 1);
});

test("the service may not remove a row, and a row that says it is deleted holds nothing", async () => {
  const codeOf = (url: string, role: string, statement: string) =>
    onConnection(url, async ({ sql }) => {
      await sql`begin`;
      await sql`select set_config('role', ${role}, true), set_config('app.tenant_id', 'acme', true)`;
      const code = await sql.unsafe(statement).then(
        () => "none",
        (error) => error.code as string,
      );
      await sql`rollback`;
      return code;
    });
  assert.is(await codeOf(database.url, "dash_app", "delete from connections"), "42501");
  assert.is(await codeOf(database.url, "dash_app", "update connections set deleted_at = now()"), "23514");
});

test.run();
