import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { createTestDatabase, onConnection } from "../store/database.ts";

/** What calls leave in the audit log. */
const test = suite("calls in the audit log");
const { url, ownerUrl, superuserUrl } = await createTestDatabase();
const service = await startTestService({ DATABASE_URL: url, DATABASE_MIGRATE_URL: ownerUrl });
test.after(() => service.close());

const scopes = ["dashboards:render", "dashboards:publish", "dashboards:share", "connections:write"];
const entriesOf = (tenant: string) =>
  onConnection(superuserUrl, async ({ sql }) => {
    const rows = await sql`select subject, subject_tenant, action, kind, name, request_id from audit_log
      where tenant_id = ${tenant} order by at`;
    return rows.map((row) => Object.values(row).join(" "));
  });

test("a call is told with its caller and its request id, once however often it is made", async () => {
  const request = { dashboard_id: "ops", layout: { title: "Orders" } };
  for (const _ of [1, 2]) {
    assert.is((await service.post("/definitions", request, { "x-request-id": "save-1" })).status, 200);
  }
  const share = { dashboard_id: "ops", expires_in_s: 300 };
  const made = (await (await service.post("/share", share, { "x-request-id": "share-1" })).json()) as JsonObject;
  const { status } = await service.post(
    "/definitions",
    { ...request, expected_version: 7 },
    { "x-request-id": "no-1" },
  );
  assert.is(status, 409);
  assert.equal(await entriesOf("acme"), [
    "tester acme save definition ops save-1",
    `tester acme share share ${made.share_id} share-1`,
  ]);
});

test("an internal service is told as who it is, in the tenant that it acts for", async () => {
  const token = await service.token({
    tenant: "platform",
    subject: "provisioner",
    scopes: [...scopes, "tenants:act-as"],
  });
  const headers = { authorization: `Bearer ${token}`, "x-tenant-id": "globex", "x-request-id": "provision-1" };
  const connection = { name: "api", http: { url: "https://api.example" } };
  assert.is((await service.post("/connections", connection, headers)).status, 200);
  assert.equal(await entriesOf("globex"), ["provisioner platform save connection api provision-1"]);
  assert.equal(await entriesOf("platform"), []);
});

test("a call without a request id is told with the one that its answer carries", async () => {
  const authorization = `Bearer ${await service.token({ tenant: "initech" })}`;
  const answer = await service.post("/definitions", { dashboard_id: "ops", layout: {} }, { authorization });
  const [entry] = await entriesOf("initech");
  assert.is(entry, `tester initech save definition ops ${answer.headers.get("x-request-id")}`);
});

test.run();
