import { create, fromJson, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { ConnectionSchema, ConnectionSecretSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import { checkConnection } from "../../src/definition/check-connection.ts";
import { isSameDestination, parseStoredSettings, settingsToJson } from "../../src/definition/connection-settings.ts";
import { isOwnHeader } from "../../src/definition/header-names.ts";
import { suite } from "../harness.ts";

const test = suite("checking connections");

const kindOf = (json: JsonObject) => fromJson(ConnectionSchema, json).kind;
const fieldsOf = (json: JsonObject, secret?: JsonValue) =>
  checkConnection(kindOf(json), secret === undefined ? undefined : fromJson(ConnectionSecretSchema, secret)).map(
    ({ field }) => field,
  );

const url = (text: string): JsonObject => ({ http: { url: text } });
const postgres = { host: "db.example.com", database: "sales", user: "reader" };
const kinds: Record<string, JsonObject> = {
  postgres: { postgres },
  clickhouse: { clickhouse: { host: "ch.example.com" } },
  duckdb: { duckdb: { files: [{ path: "orders.csv" }] } },
  http: url("https://api.example.com/v1"),
  grpc: { grpc: { host: "rows.example.com" } },
};

test("a connection of each kind is fit, without a secret and with an empty one", () => {
  for (const [kind, json] of Object.entries(kinds)) assert.equal([fieldsOf(json), fieldsOf(json, {})], [[], []], kind);
});

test("what is longer than certificates may be is not looked through: the proto refuses it", () => {
  const certificate = (count: number) => ({
    http: { url: "https://api.example.com", ca_certificate: "-----BEGIN CERTIFICATE-----".repeat(count) },
  });
  assert.equal(fieldsOf(certificate(100)), ["http.ca_certificate"]);
  assert.equal(fieldsOf(certificate(1_000)), []);
});

test("a secret goes with the kinds that send it", () => {
  const parts: Record<string, [part: JsonObject, kinds: string[]]> = {
    "secret.password": [{ password: "p" }, ["postgres", "clickhouse"]],
    "secret.bearer_token": [{ bearer_token: "t" }, ["http", "grpc"]],
    "secret.headers": [{ headers: { "x-key": "v" } }, ["http", "grpc"]],
  };
  for (const [field, [part, takers]] of Object.entries(parts)) {
    for (const [kind, json] of Object.entries(kinds)) {
      assert.equal(fieldsOf(json, part), takers.includes(kind) ? [] : [field], `${kind} ${field}`);
    }
  }
});

test("an address of a web service is http or https, and holds a host and a path only", () => {
  for (const good of ["http://a", "https://a.example.com:8443/v1/x", "https://[2001:db8::1]/", "HTTPS://A/%20"]) {
    assert.equal(fieldsOf(url(good)), [], good);
  }
  const bad = [
    ...["ftp://a", "file:///etc/passwd", "gopher://a", "javascript:alert(1)", "a.example.com", "//a", ""],
    ...["https://u:p@a", "https://u@a", "https://@a", "https://a?x=1", "https://a?", "https://a#f", "https://a#"],
    ...["https://", "https://a:0", "https://a:65536", "https://a b", "https://a\\b", "https://a\t/x", "https://[::1"],
  ];
  for (const text of bad) assert.equal(fieldsOf(url(text)), ["http.url"], text);
});

test("names of headers that frame, route or change the reading of a message are refused, whatever their case", () => {
  const refused = [
    ...["Host", "content-length", "Transfer-Encoding", "connection", "TE", "trailer", "upgrade", "expect"],
    ...["accept-encoding", "content-encoding", "content-type", "proxy-authorization", "Proxy-Connection"],
    ...["x-forwarded-for", "X-Forwarded-Host", "forwarded", "range", "if-none-match", "x-http-method-override"],
    ...["metadata-flavor", "Metadata", "x-aws-ec2-metadata-token", "X-aws-ec2-metadata-token-ttl-seconds"],
    ...["grpc-timeout", "grpc-encoding", ":authority", ":path", "", "x y", "x\n", "-x"],
  ];
  for (const name of refused) assert.not.ok(isOwnHeader(name), name);
  for (const name of ["authorization", "X-Api-Key", "cookie", "accept", "user-agent", "toString", "x-te"]) {
    assert.ok(isOwnHeader(name), name);
  }
  assert.equal(fieldsOf(kinds.http!, { headers: { HOST: "v" } }), ["secret.headers"]);
});

test("headers say one thing once", () => {
  assert.equal(fieldsOf(kinds.http!, { headers: { "X-Key": "a", "x-key": "b" } }), ["secret.headers"]);
  assert.equal(fieldsOf(kinds.http!, { headers: { Authorization: "Basic x" } }), []);
  assert.equal(fieldsOf(kinds.http!, { bearer_token: "t", headers: { Authorization: "x" } }), ["secret.headers"]);
  assert.equal(fieldsOf(kinds.grpc!, { headers: { "x-key-bin": "a" } }), ["secret.headers"]);
  assert.equal(fieldsOf(kinds.http!, { headers: { "x-key-bin": "a" } }), []);
});

test("an authority's certificate goes with TLS and is one", () => {
  assert.equal(fieldsOf({ postgres: { ...postgres, ca_certificate: "nonsense" } }), ["postgres.ca_certificate"]);
  const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
  assert.equal(fieldsOf({ grpc: { host: "a", ca_certificate: pem } }), ["grpc.ca_certificate"]);
  assert.equal(fieldsOf({ http: { url: "http://a", ca_certificate: pem } }), ["http.ca_certificate"]);
  const [problem] = checkConnection(kindOf({ clickhouse: { host: "a", tls: "off", ca_certificate: pem } }), undefined);
  assert.match(problem!.description, "TLS");
});

test("files of a connection are held to the rules of a datasource's", () => {
  const files = [{ path: "a.csv" }, { path: "x/A.csv" }, { path: "b.txt" }, { path: "ü.csv", name: "u" }];
  assert.equal(fieldsOf({ duckdb: { files } }), ["duckdb.files[1].name", "duckdb.files[2].path"]);
});

test("nothing of an input is repeated", () => {
  const problems = checkConnection(
    kindOf(url("https://canary:canary@canary?canary")),
    create(ConnectionSecretSchema, { password: "canary", headers: { "proxy-canary": "canary" } }),
  );
  assert.ok(problems.length > 2);
  assert.not.match(JSON.stringify(problems), "canary");
});

test("what leads to the same place is the same destination", () => {
  const same = (a: JsonObject, b: JsonObject) => isSameDestination(kindOf(a), kindOf(b));
  const pg = (more: JsonObject) => ({ postgres: { ...postgres, ...more } });
  assert.ok(same(pg({}), pg({ port: 5432, tls: "on", database: "other" })));
  for (const change of [{ host: "b" }, { port: 1 }, { user: "b" }, { tls: "off" }, { ca_certificate: "x" }]) {
    assert.not.ok(same(pg({}), pg(change)), JSON.stringify(change));
  }
  const ch = (more: JsonObject) => ({ clickhouse: { host: "a", ...more } });
  assert.ok(same(ch({}), ch({ port: 8443, user: "default" })));
  assert.ok(same(ch({ tls: "off" }), ch({ tls: "off", port: 8123 })));
  const grpc = (more: JsonObject) => ({ grpc: { host: "a", ...more } });
  assert.ok(same(grpc({}), grpc({ port: 443 })) && same(grpc({ tls: "off" }), grpc({ tls: "off", port: 80 })));
  assert.ok(same(url("https://a/x"), url("https://A:443/y")));
  assert.not.ok(same(url("https://a"), url("http://a")));
  assert.not.ok(same(url("https://a"), url("https://a:8443")));
  assert.not.ok(same(ch({ port: 443 }), grpc({})), "another kind is another place");
});

test("settings are stored as canonical JSON, and what is not known is left out when they are read", () => {
  const settings = { description: "d", kind: kindOf({ postgres: { ...postgres, port: 5433 } }) };
  const json = settingsToJson(settings);
  assert.is(
    json,
    '{"description":"d","postgres":{"database":"sales","host":"db.example.com","port":5433,"user":"reader"}}',
  );
  assert.equal(parseStoredSettings(json), settings);
  assert.equal(parseStoredSettings('{"description":"d","oracle":{"host":"a"}}').kind, { case: undefined });
});

test.run();
