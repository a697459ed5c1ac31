import * as assert from "uvu/assert";
import { resealSecrets } from "../../src/secret/reseal.ts";
import { kidOf, openSecret, sealSecret } from "../../src/secret/seal.ts";
import { openSealedSecrets } from "../../src/store/sealed-secrets.ts";
import { suite } from "../harness.ts";
import { createTestDatabase, onConnection } from "../store/database.ts";

const test = suite("sealing secrets anew");
const database = await createTestDatabase();
const both = new Map([1, 2].map((byte) => [`k${byte}`, new Uint8Array(32).fill(byte)]));
const before = { current: "k1", keys: both };
const after = { current: "k2", keys: both };
const tenants = ["acme", "bolt"];
const perTenant = 120;

const secretOf = (tenant: string, name: string) => Buffer.from(`secret of ${tenant} ${name}`);
const seal = (tenant: string, name: string, keys = before) =>
  sealSecret(secretOf(tenant, name), { tenant, name }, keys);

type Row = { readonly tenant: string; readonly name: string; readonly sealed: string };

const sealedBefore: Row[] = await Promise.all(
  tenants.flatMap((tenant) =>
    Array.from({ length: perTenant }, async (_, index) => {
      const name = `c${index}`;
      return { tenant, name, sealed: await seal(tenant, name) };
    }),
  ),
);

/** As the superuser, whom row security does not hold. */
const write = (rows: readonly Row[]) =>
  onConnection(
    database.superuserUrl,
    ({ sql }) => sql`
      insert into connections (tenant_id, name, kind, settings, secret, revision, updated_by)
      select r->>'tenant', r->>'name', 'http', '{}', r->>'sealed', 1, 'ann'
      from jsonb_array_elements(${JSON.stringify(rows)}::text::jsonb) r
      on conflict (tenant_id, name) do update set secret = excluded.secret`,
  );

const read = () =>
  onConnection(database.superuserUrl, async ({ sql }) => [
    ...(await sql<Row[]>`
        select tenant_id as tenant, name, secret as sealed from connections where secret is not null`),
  ]);

/** Every secret is there, and opens. Returns the keys that they are sealed with. */
async function assertAllOpen(): Promise<Set<string | undefined>> {
  const rows = await read();
  assert.is(rows.length, sealedBefore.length);
  for (const { tenant, name, sealed } of rows) {
    const opened = await openSecret(sealed, { tenant, name }, after);
    assert.is(Buffer.from(opened).toString(), secretOf(tenant, name).toString());
  }
  return new Set(rows.map(({ sealed }) => kidOf(sealed)));
}

test.beforeEach(async () => {
  await write(sealedBefore);
});

test("every tenant's secrets are sealed with the current key, in several batches, and once more changes nothing", async () => {
  const secrets = await openSealedSecrets(database.ownerUrl);
  const first = await resealSecrets(secrets, after);
  assert.equal([first.resealed, [...first.used], first.unopened], [240, ["k2"], []]);
  assert.equal(await assertAllOpen(), new Set(["k2"]));
  const rows = await read();
  assert.is((await resealSecrets(secrets, after)).resealed, 0);
  assert.equal(await read(), rows);
  await secrets.close();
});

test("what a replica saves meanwhile with the key before is not lost, and is found by looking again", async () => {
  const secrets = await openSealedSecrets(database.ownerUrl);
  const late = await seal("acme", "c7");
  const lost: boolean[] = [];
  const busy: typeof secrets = {
    ...secrets,
    async replace(secret, sealed) {
      // Saved between the moment that it was read, and the one that it is replaced.
      if (secret.name === "c7" && secret.tenant === "acme" && lost.length === 0) {
        await write([{ tenant: "acme", name: "c7", sealed: late }]);
        lost.push(await secrets.replace(secret, sealed));
        assert.is((await read()).find(({ tenant, name }) => tenant === "acme" && name === "c7")!.sealed, late);
        return false;
      }
      return secrets.replace(secret, sealed);
    },
  };
  const { resealed, used } = await resealSecrets(busy, after);
  assert.equal(lost, [false]);
  assert.equal([resealed, [...used]], [240, ["k2"]]);
  assert.equal(await assertAllOpen(), new Set(["k2"]));
  await secrets.close();
});

test("what was ended in the middle is gone on with", async () => {
  const secrets = await openSealedSecrets(database.ownerUrl);
  let left = 100;
  const ended: typeof secrets = {
    ...secrets,
    async replace(secret, sealed) {
      left -= 1;
      if (left < 0) throw new Error("ended");
      return secrets.replace(secret, sealed);
    },
  };
  await resealSecrets(ended, after).then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, "ended"),
  );
  assert.equal(await assertAllOpen(), new Set(["k1", "k2"]));
  assert.is((await resealSecrets(secrets, after)).resealed, 140);
  assert.equal(await assertAllOpen(), new Set(["k2"]));
  await secrets.close();
});

test("what does not open stays, is named, and counts as sealed with its key", async () => {
  const moved = { tenant: "acme", name: "c1", sealed: await seal("bolt", "c1") };
  const lost = { current: "gone", keys: new Map([["gone", new Uint8Array(32).fill(9)]]) };
  const foreign = { tenant: "bolt", name: "c2", sealed: await seal("bolt", "c2", lost) };
  await write([moved, foreign]);
  const secrets = await openSealedSecrets(database.ownerUrl);
  const { resealed, used, unopened } = await resealSecrets(secrets, after);
  await secrets.close();
  assert.equal([resealed, [...used].sort(), unopened], [238, ["gone", "k1", "k2"], ["acme/c1", "bolt/c2"]]);
  const rows = await read();
  for (const row of [moved, foreign]) {
    assert.is(rows.find(({ tenant, name }) => tenant === row.tenant && name === row.name)!.sealed, row.sealed);
  }
});

test("outside of it the owner sees no secret; who would not see all is refused, and so is a second one", async () => {
  const seen = await onConnection(database.ownerUrl, ({ sql }) => sql`select from connections`);
  assert.is(seen.length, 0);
  const asService = await onConnection(database.url, async ({ sql }) => {
    await sql`begin`;
    await sql`select enter_tenant('acme'), set_config('app.task', 'reseal', true)`;
    const rows = await sql<{ tenant: string }[]>`select distinct tenant_id as tenant from connections`;
    await sql`rollback`;
    return rows.map(({ tenant }) => tenant);
  });
  assert.equal(asService, ["acme"], "the service sees its tenant's, whatever it says that it does");
  const refusal = (url: string) =>
    openSealedSecrets(url).then(
      () => "none",
      (error: Error) => error.message,
    );
  assert.match(await refusal(database.url), "log in as the owner of the database");
  const secrets = await openSealedSecrets(database.ownerUrl);
  assert.match(await refusal(database.ownerUrl), "another rotation of the secrets' keys is under way");
  await secrets.close();
});

test.run();
