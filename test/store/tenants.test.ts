import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { change, definition } from "./change.ts";
import { createTestDatabase, onConnection } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: tenants");
const database = await createTestDatabase();
const store = await database.openStore();
test.after(() => store.close());

test("a tenant is suspended when an operator said so, and others are not", async () => {
  assert.is(await store.isSuspended("acme"), false);
  await onConnection(database.ownerUrl, async ({ sql }) => {
    await sql`select set_config('app.tenant_id', 'acme', false)`;
    await sql`insert into tenants (tenant_id, suspended_at) values ('acme', now())`;
  });
  assert.is(await store.isSuspended("acme"), true);
  assert.is(await store.isSuspended("bolt"), false);
  assert.equal(await store.areSuspended(["bolt", "acme", "bolt", "acme", "unknown"]), [
    false,
    true,
    false,
    true,
    false,
  ]);
  assert.equal(await store.areSuspended([]), []);
  // Whatever a replica remembers that has let the call in.
  const save = (tenant: string) => change(store, tenant, (tx) => tx.saveDefinition(definition("ops", "{}")));
  assert.is((await refusalOf(save("acme"))).reason, "TENANT_SUSPENDED");
  await save("bolt");
  await onConnection(database.superuserUrl, ({ sql }) => sql`update tenants set suspended_at = null`);
  assert.is(await store.isSuspended("acme"), false);
});

test.run();
