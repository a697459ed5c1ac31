import type { DescMethodUnary, JsonObject, JsonValue } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import * as assert from "uvu/assert";
import { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import { ServerReflection } from "../../gen/grpc/reflection/v1/reflection_pb.js";
import { createLog } from "../../src/log/log.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { createTestDatabase, onConnection } from "../store/database.ts";
import { createProtocols } from "./protocols.ts";

const lines: string[] = [];
const log = createLog("debug", { write: (line) => lines.push(line) });
const database = await createTestDatabase();
const service = await startTestService({ DATABASE_URL: database.url, DATABASE_MIGRATE_URL: database.ownerUrl }, log);
const protocols = createProtocols(service.url);
const test = suite("connections");

test.after(async () => {
  protocols.close();
  await service.close();
});

/** What must be in no answer, log line or row; and an address, which nothing but a list may tell. */
const canary = "canary-7c1f";
const address = "10.87.65.43";

const postgres: JsonObject = { host: address, database: "sales", user: "reader" };
const http: JsonObject = { url: "https://api.example.com/v1" };
const listOf = (list: JsonValue | undefined) => list as JsonObject[];

/** An authority's certificate, of nobody. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBhTCCASugAwIBAgIUTbNwwPMq79PjZZXRUZik7LCQw1wwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMdGVzdC5pbnZhbGlkMCAXDTI2MTEyNjAxMjUxNVoYDzIxMjYx
MTAyMDEyNTE1WjAXMRUwEwYDVQQDDAx0ZXN0LmludmFsaWQwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARcIYfLiIY2Smn0HxQZE4W5lqQLNR69I3sXhSmTAju+J2km
RIMrXLivHciR8FMY1kCPdw1Ovojgfy99K8YOLlRko1MwUTAdBgNVHQ4EFgQUDvj8
msjl/akvPzFi1bVkSAtr5v0wHwYDVR0jBBgwFoAUDvj8msjl/akvPzFi1bVkSAtr
5v0wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAqf7fnwcS81nS
urg6XIoApE0epWM1rvyHLFJAsH4UJoUCICl8HNlOIVLQVQDh3+5HAQds9H49Tmgw
xWR4WHGcTPWs
-----END CERTIFICATE-----
`;

/** Everything that was answered, as text. */
const answered: string[] = [];

for (const protocol of ["rest", "connect", "grpc", "grpcWeb"] as const) {
  const tenant = `conn-${protocol}`;
  const ask = async (name: string, request: JsonObject, extra: Record<string, string> = {}, as = tenant) => {
    const method = ConnectionsService.methods.find((each) => each.name === name) as DescMethodUnary;
    const authorization = `Bearer ${await service.token({ tenant: as })}`;
    const answer = await protocols[protocol](method, request, { authorization, ...extra });
    answered.push(JSON.stringify(answer));
    return answer;
  };
  const call = async (name: string, request: JsonObject, extra?: Record<string, string>) => {
    const { message, reason, fields } = await ask(name, request, extra);
    if (message === undefined) throw new Error(`${name}: ${reason} ${fields.join(", ")}`);
    return message;
  };
  const save = async (request: JsonObject, extra?: Record<string, string>) =>
    (await call("SaveConnection", request, extra)).connection as JsonObject;
  const refusal = async (request: JsonObject) => {
    const { reason, fields } = await ask("SaveConnection", request);
    return [reason, ...fields];
  };
  const namesIn = async (request: JsonObject = {}) =>
    listOf((await call("ListConnections", request)).connections).map(({ name }) => name);

  test(`a connection is saved, listed, replaced and deleted, and its secret never comes out (${protocol})`, async () => {
    const saved = await save({ name: "w", description: "Sales", postgres, secret: { password: canary } });
    const { create_time, update_time, ...rest } = saved;
    assert.equal(rest, {
      name: "w",
      description: "Sales",
      postgres: { tls: "", ca_certificate: "", ...postgres },
      has_secret: true,
      revision: 1,
      updated_by: "tester",
    });
    assert.equal(listOf((await call("ListConnections", {})).connections), [saved]);
    const kept = await save({ name: "w", description: "Sales", postgres: { ...postgres, database: "other" } });
    assert.equal([kept.has_secret, kept.revision, kept.create_time], [true, 2, create_time]);
    const bare = await save({ name: "w", postgres, secret: {}, expected_revision: 2 });
    assert.equal([bare.has_secret, bare.revision, bare.description], [false, 3, ""]);
    assert.equal(await call("DeleteConnection", { name: "w" }), { name: "w" });
    assert.equal(await namesIn(), []);
    const again = await save({ name: "w", postgres });
    assert.equal([again.has_secret, again.revision], [false, 4]);
    await call("DeleteConnection", { name: "w" });
  });

  test(`unknown, deleted and another tenant's are the same 404 (${protocol})`, async () => {
    await save({ name: "mine", http });
    const answers = [
      await ask("DeleteConnection", { name: "none" }),
      await ask("DeleteConnection", { name: "w" }),
      await ask("DeleteConnection", { name: "mine" }, {}, "stranger"),
      await ask("TestConnection", { name: "none" }),
      await ask("TestConnection", { name: "w" }),
      await ask("TestConnection", { name: "mine" }, {}, "stranger"),
    ];
    for (const { reason, code } of answers) assert.equal([reason, code], [answers[0]!.reason, answers[0]!.code]);
    assert.is(answers[0]!.reason, "NOT_FOUND");
    const theirs = await ask("ListConnections", {}, {}, "stranger");
    assert.equal(theirs.message!.connections, []);
    assert.equal(await namesIn(), ["mine"]);
    await call("DeleteConnection", { name: "mine" });
  });

  test(`a kept secret does not go with an address, a user or a way that changed (${protocol})`, async () => {
    const secret = { password: canary };
    await save({ name: "kept", postgres: { ...postgres, port: 5432 }, secret });
    assert.is((await save({ name: "kept", postgres })).has_secret, true, "5432 is what it was");
    const changes: JsonObject[] = [
      { host: "evil.example.com" },
      { port: 5433 },
      { user: "other" },
      { tls: "off" },
      { ca_certificate: certificate },
    ];
    for (const change of changes) {
      const request = { name: "kept", postgres: { ...postgres, ...change } };
      assert.equal(await refusal(request), ["INVALID_REQUEST", "secret"], JSON.stringify(change));
    }
    assert.equal(await refusal({ name: "kept", http }), ["INVALID_REQUEST", "secret"]);
    assert.is((await save({ name: "kept", postgres: { ...postgres, port: 5433 }, secret })).has_secret, true);
    assert.is((await save({ name: "kept", http, secret: { bearer_token: canary } })).has_secret, true);
    assert.is((await save({ name: "kept", http: { url: "https://API.example.com:443/v2" } })).has_secret, true);
    assert.equal(await refusal({ name: "kept", http: { url: "http://api.example.com/v1" } }), [
      "INVALID_REQUEST",
      "secret",
    ]);
    assert.is((await save({ name: "kept", postgres, secret: {} })).has_secret, false);
    assert.is((await save({ name: "kept", postgres: { ...postgres, host: "elsewhere.example.com" } })).revision, 7);
    await call("DeleteConnection", { name: "kept" });
  });

  test(`what does not fit is refused with its field (${protocol})`, async () => {
    const wrong: [request: JsonObject, ...fields: string[]][] = [
      [{ name: "x", postgres, secret: { headers: { "x-key": canary } } }, "secret.headers"],
      [{ name: "x", postgres, secret: { bearer_token: canary } }, "secret.bearer_token"],
      [{ name: "x", http, secret: { password: canary } }, "secret.password"],
      [{ name: "x", http, secret: { headers: { Host: canary } } }, "secret.headers"],
      [{ name: "x", http: { url: `https://u:${canary}@api.example.com` } }, "http.url", "http.url"],
      [{ name: "x", secret: { password: canary } }, "kind"],
      [{ name: "../x", http }, "name"],
      [{ name: "x", http, expected_revision: -1 }, "expected_revision"],
    ];
    for (const [request, ...fields] of wrong) {
      assert.equal(await refusal(request), ["INVALID_REQUEST", ...fields], fields.join());
    }
    assert.equal(await namesIn(), []);
  });

  test(`a repeated call is answered as before, another one under its id is refused (${protocol})`, async () => {
    const key = { "x-request-id": `save-${protocol}` };
    const request = { name: "once", http, secret: { bearer_token: `${canary}-1` } };
    const first = await save(request, key);
    assert.equal(await save(request, key), first);
    assert.is(first.revision, 1);
    const other = await ask("SaveConnection", { ...request, secret: { bearer_token: `${canary}-2` } }, key);
    assert.is(other.reason, "REQUEST_ID_REUSED", "they differ in the secret only");
    const gone = { "x-request-id": `delete-${protocol}` };
    await call("DeleteConnection", { name: "once" }, gone);
    assert.equal(await call("DeleteConnection", { name: "once" }, gone), { name: "once" });
    assert.equal(await save(request, key), first, "also when it is gone by now");
    assert.equal(await namesIn(), []);
  });

  test(`a list goes on page by page, and its token is good for no other (${protocol})`, async () => {
    for (const name of ["b", "a", "B", "a-1"]) await save({ name, http });
    const one = await call("ListConnections", { page_size: 3 });
    const page_token = String(one.next_page_token);
    const names = (page: JsonObject) => listOf(page.connections).map(({ name }) => name);
    const two = await call("ListConnections", { page_size: 3, page_token });
    assert.equal([names(one), names(two), two.next_page_token], [["B", "a", "a-1"], ["b"], ""]);
    const stolen = await ask("ListConnections", { page_token }, {}, "stranger");
    assert.equal([stolen.reason, stolen.fields], ["INVALID_REQUEST", ["page_token"]]);
    for (const name of ["b", "a", "B", "a-1"]) await call("DeleteConnection", { name });
  });

  test(`a test says what is wrong, and names neither address nor secret (${protocol})`, async () => {
    await save({ name: "t", postgres, secret: { password: canary } });
    const { ok, problem, duration_ms } = await call("TestConnection", { name: "t", query: "select 1" });
    assert.is(ok, false);
    assert.match(String(problem), /\w+ \w+/);
    assert.type(duration_ms, "number");
    await save({ name: "t", http, secret: {} });
    const { reason, fields } = await ask("TestConnection", { name: "t", query: "select 1" });
    assert.equal([reason, fields], ["INVALID_REQUEST", ["query"]]);
    await call("DeleteConnection", { name: "t" });
  });

  test(`every method asks for the scope connections:write (${protocol})`, async () => {
    const authorization = `Bearer ${await service.token({ tenant, scopes: ["dashboards:publish"] })}`;
    const requests: Record<string, JsonObject> = {
      ListConnections: {},
      SaveConnection: { name: "x", http },
      DeleteConnection: { name: "x" },
      TestConnection: { name: "x" },
    };
    for (const method of ConnectionsService.methods as readonly DescMethodUnary[]) {
      const { reason } = await protocols[protocol](method, requests[method.name]!, { authorization });
      assert.is(reason, "SCOPE_MISSING", method.name);
    }
  });
}

test("reflection knows the service and its messages, so that buf curl and grpcurl can call it", async () => {
  const reflection = createClient(ServerReflection, createGrpcTransport({ baseUrl: service.url }));
  const [services, file] = await Array.fromAsync(
    reflection.serverReflectionInfo(
      (async function* () {
        yield { messageRequest: { case: "listServices" as const, value: "" } };
        const value = `${ConnectionsService.typeName}.SaveConnection`;
        yield { messageRequest: { case: "fileContainingSymbol" as const, value } };
      })(),
    ),
  );
  const { messageResponse: listed } = services!;
  if (listed.case !== "listServicesResponse") throw new Error("no list");
  assert.ok(listed.value.service.some(({ name }) => name === ConnectionsService.typeName));
  assert.is(file!.messageResponse.case, "fileDescriptorResponse");
});

test("no secret is in any answer, log line or row", async () => {
  const last = { name: "last", http, secret: { headers: { "x-key": canary } } };
  const saved = await service.post("/connections", last, { "x-request-id": "last" });
  answered.push(await saved.text());
  const rows = await onConnection(database.superuserUrl, async ({ sql }) => [
    ...(await sql`select c::text as row from connections c`),
    ...(await sql`select k::text as row, encode(answer, 'escape') as answer from idempotency_keys k`),
  ]);
  const text = rows.map((row) => JSON.stringify(row)).join("\n");
  assert.match(text, "eyJ", "the last one is there, sealed");
  assert.ok(answered.length > 100 && lines.length > 100);
  for (const [where, held] of Object.entries({ answers: answered.join("\n"), log: lines.join("\n"), rows: text })) {
    for (const secret of [canary, Buffer.from(canary).toString("base64").slice(0, -2)]) {
      assert.not.match(held, secret, where);
    }
  }
  assert.not.match(lines.join("\n"), address);
});

test.run();
