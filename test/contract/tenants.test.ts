import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { DescMethodUnary, JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { faults } from "../../src/errors/fault.ts";
import { resumeTenant, setQuotas, suspendTenant } from "../../src/store/tenants-change.ts";
import { connectAsOwner } from "../../src/store/tenants-owner.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { createTestDatabase } from "../store/database.ts";
import { createProtocols } from "./protocols.ts";

const test = suite("what an operator says of a tenant");
const database = await createTestDatabase();
const service = await startTestService({ DATABASE_URL: database.url, DATABASE_MIGRATE_URL: database.ownerUrl });
const protocols = createProtocols(service.url);
const owner = await connectAsOwner(database.ownerUrl);
const operator = { subject: "operator ann", subjectTenant: undefined, requestId: undefined };

test.after(async () => {
  protocols.close();
  await owner.end();
  await service.close();
});

const names = ["rest", "connect", "grpc", "grpcWeb"] as const;
const ops = { dashboard_id: "ops", layout: { title: "Ops" } };

const ask = async (protocol: (typeof names)[number], tenant: string, name: string, request: JsonObject) => {
  const method = DashboardsService.methods.find((each) => each.name === name) as DescMethodUnary;
  return protocols[protocol](method, request, { authorization: `Bearer ${await service.token({ tenant })}` });
};

/** How a page of a link looks, without what differs from link to link. */
const open = async (link: string) => {
  const answer = await fetch(link);
  return { status: answer.status, body: await answer.text() };
};

/**
 * Waits for the second after which it holds, and where the database is slow to answer, for as long again: meanwhile
 * the last answer serves.
 */
async function settle(reason: string | undefined): Promise<void> {
  await sleep(1_000);
  const deadline = performance.now() + 1_500;
  const isSettled = async () => (await ask("rest", "acme", "Render", { dashboard_id: "ops" })).reason === reason;
  while (!(await isSettled()) && performance.now() < deadline) await sleep(50);
}

test("a suspended one is refused within a second by every protocol, what is cached too, and its links are dead; others go on", async () => {
  const links: Record<string, string> = {};
  for (const tenant of ["acme", "bolt"]) {
    await service.save(tenant, ops);
    const { message } = await ask("rest", tenant, "Share", { dashboard_id: "ops", expires_in_s: 600 });
    links[tenant] = `${service.url}/s/${String(message!.url).split("/s/")[1]}`;
  }
  const all = () =>
    Promise.all([
      ...names.map(async (protocol) => (await ask(protocol, "acme", "Render", { dashboard_id: "ops" })).reason),
      open(links.acme!).then(({ status }) => status),
    ]);
  const working = [undefined, undefined, undefined, undefined, 200];
  // All of it is in the caches from now on, and the tenant is known not to be suspended as recently as can be.
  assert.equal(await all(), working);

  await suspendTenant(owner, "acme", operator);
  await settle("TENANT_SUSPENDED");
  const told = await Promise.all(names.map((protocol) => ask(protocol, "acme", "Render", { dashboard_id: "ops" })));
  for (const [at, { code, reason }] of told.entries()) {
    const { status, code: rpcCode } = faults.TENANT_SUSPENDED;
    assert.equal([reason, code], ["TENANT_SUSPENDED", at < 2 ? status : rpcCode], names[at]!);
  }
  const methods: [string, JsonObject][] = [
    ["SaveDefinition", ops],
    ["ListDefinitions", {}],
    ["Share", { dashboard_id: "ops", expires_in_s: 600 }],
  ];
  for (const [name, request] of methods) {
    assert.is((await ask("rest", "acme", name, request)).reason, "TENANT_SUSPENDED", name);
  }
  const dead = await open(links.acme!);
  assert.equal(dead, await open(`${service.url}/s/never.existed`));
  assert.is(dead.status, 404);
  assert.is((await ask("rest", "bolt", "Render", { dashboard_id: "ops" })).reason, undefined);
  assert.is((await open(links.bolt!)).status, 200);

  await resumeTenant(owner, "acme", operator);
  await settle(undefined);
  assert.equal(await all(), working);
});

test("a save that was let in before, and whose body goes on coming, is refused when it has come", async () => {
  const authorization = `Bearer ${await service.token({ tenant: "dora" })}`;
  const headers = { authorization, "content-type": "application/json" };
  const call = request(`${service.api}/definitions`, { method: "POST", headers });
  const answered = new Promise<number>((resolve, reject) => {
    call.once("response", (response) => resolve(response.resume().statusCode!)).once("error", reject);
  });
  call.write('{"dashboard_id":"late",');
  // As long as it takes to pass the gate, and then until it must be known.
  await sleep(200);
  await suspendTenant(owner, "dora", operator);
  await sleep(1_200);
  call.end('"layout":{"title":"Late"}}');
  assert.is(await answered, faults.TENANT_SUSPENDED.status);
});

test("one that has all that it may is told so by every protocol with its next save, and may go on with the one after", async () => {
  await service.save("coda", ops);
  await setQuotas(owner, "coda", { dashboards: 1 }, operator);
  const more = { ...ops, dashboard_id: "more" };
  for (const [at, protocol] of names.entries()) {
    const { status, code: rpcCode } = faults.QUOTA_EXCEEDED;
    const { code, reason } = await ask(protocol, "coda", "SaveDefinition", more);
    assert.equal([reason, code], ["QUOTA_EXCEEDED", at < 2 ? status : rpcCode], protocol);
  }
  await setQuotas(owner, "coda", "default", operator);
  assert.is((await ask("rest", "coda", "SaveDefinition", more)).reason, undefined);
});

test.run();
