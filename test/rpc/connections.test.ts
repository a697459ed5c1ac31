import { create, toBinary } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { ConnectionSecretSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import { createNews } from "../../src/cache/news.ts";
import { fault } from "../../src/errors/fault.ts";
import { createConnectionLookup } from "../../src/rpc/connections.ts";
import { createSecrets } from "../../src/secret/secrets.ts";
import { SourceError } from "../../src/source/source-error.ts";
import type { StoredConnection } from "../../src/store/connections.ts";
import { suite } from "../harness.ts";

const test = suite("looking up connections");
const keys = new Map([["k1", new Uint8Array(32).fill(1)]]);
const secrets = createSecrets(() => ({ current: "k1", keys }));
const sealed = await secrets.seal(
  toBinary(ConnectionSecretSchema, create(ConnectionSecretSchema, { password: "hunter2", headers: { "x-a": "b" } })),
  { tenant: "acme", name: "w" },
);

/** A store of one connection, and a clock. */
function start(secret: string | undefined = sealed) {
  const state = { atMs: 0, revision: 1, asked: 0, down: false, settingsJson: '{"http":{"url":"https://a"}}' };
  const store = {
    async getConnection(tenant: string, name: string): Promise<StoredConnection | undefined> {
      state.asked += 1;
      if (state.down) throw fault("DEPENDENCY_DOWN", "down");
      if (state.revision === 0) return undefined;
      const { settingsJson, revision } = state;
      const rest = { updatedBy: "ann", createTimeMs: 0, updateTimeMs: 0 };
      return tenant === "acme" ? { name, settingsJson, secret, revision, ...rest } : undefined;
    },
    getConnections: async () => [],
  };
  return { state, lookup: createConnectionLookup({ store, secrets, news: createNews(), elapsedMs: () => state.atMs }) };
}

test("a connection has its settings, its revision and its secret", async () => {
  const { lookup } = start();
  const { tenant, name, revision, kind, secret } = (await lookup.find("acme", "w"))!;
  assert.equal([tenant, name, revision, kind.case], ["acme", "w", 1, "http"]);
  const { password, headers } = await secret();
  assert.equal([password, headers], ["hunter2", { "x-a": "b" }]);
  assert.not.match(JSON.stringify(await secret()), "hunter2");
  assert.is(await lookup.find("bolt", "w"), undefined);
});

test("one that has no secret has an empty one", async () => {
  const { state } = start();
  const store = {
    getConnection: async () => ({
      ...state,
      name: "w",
      secret: undefined,
      updatedBy: "",
      createTimeMs: 0,
      updateTimeMs: 0,
    }),
    getConnections: async () => [],
  };
  const lookup = createConnectionLookup({ store, secrets, news: createNews(), elapsedMs: () => 0 });
  const { password, bearerToken, headers } = await (await lookup.find("acme", "w"))!.secret();
  assert.equal([password, bearerToken, headers], ["", "", {}]);
});

test("a secret that does not open is a failure in words for whoever runs the connection", async () => {
  const moved = await secrets.seal(new Uint8Array(), { tenant: "bolt", name: "w" });
  for (const text of [moved, "nonsense"]) {
    const connection = (await start(text).lookup.find("acme", "w"))!;
    await connection.secret().then(
      () => assert.unreachable(),
      (error) => {
        assert.instance(error, SourceError);
        assert.equal(
          [error.failure, /save the connection with its secret again/.test(error.message)],
          ["source_failed", true],
        );
      },
    );
  }
});

test("it is asked for once a second, and at once where it was changed", async () => {
  const { state, lookup } = start();
  const revisionOf = async () => (await lookup.find("acme", "w"))?.revision;
  await Promise.all([revisionOf(), revisionOf(), revisionOf()]);
  assert.is(state.asked, 1);
  state.revision = 2;
  state.atMs = 999;
  assert.is(await revisionOf(), 1);
  assert.is((await lookup.findNow("acme", "w"))!.revision, 2);
  state.atMs = 1_000;
  assert.is(await revisionOf(), 2);
  state.revision = 3;
  lookup.changed("acme", "w");
  assert.is(await revisionOf(), 3);
  state.revision = 0;
  lookup.changed("acme", "w");
  assert.is(await revisionOf(), undefined);
  state.revision = 5;
  assert.is(await revisionOf(), 5, "that there is none is never remembered");
});

test("while the store is down a known one serves for ten minutes, and no other", async () => {
  const { state, lookup } = start();
  await lookup.find("acme", "w");
  state.down = true;
  state.atMs = 599_000;
  assert.is((await lookup.find("acme", "w"))!.revision, 1);
  for (const [name, atMs] of [
    ["other", 599_000],
    ["w", 600_000],
  ] as const) {
    state.atMs = atMs;
    await Promise.resolve(lookup.find("acme", name)).then(
      () => assert.unreachable(),
      (error) => assert.match(error.message, "down"),
    );
  }
});

test("a kind of a later release is none to this one", async () => {
  const { state, lookup } = start();
  state.settingsJson = '{"oracle":{}}';
  assert.is(await lookup.find("acme", "w"), undefined);
});

test.run();
