import * as assert from "uvu/assert";
import { parseConfig } from "../../src/config/config.ts";
import { suite } from "../harness.ts";

const test = suite("allowed hosts");

test("none are allowed where nothing is said", () => {
  assert.equal(parseConfig({}, "/p").allowedHosts, []);
});

test("hosts with ports, with and without where they lead", () => {
  const text =
    "warehouse.internal:5432, api.local:8080=10.0.0.7:8080,demo-db:5432=/run/pg/.s.PGSQL.5432, [fd00::7]:443=[::1]:9,";
  assert.equal(parseConfig({ ALLOWED_HOSTS: text }, "/p").allowedHosts, [
    { host: "warehouse.internal", port: 5432 },
    { host: "api.local", port: 8080, leadsTo: { host: "10.0.0.7", port: 8080 } },
    { host: "demo-db", port: 5432, leadsTo: { path: "/run/pg/.s.PGSQL.5432" } },
    { host: "fd00::7", port: 443, leadsTo: { host: "::1", port: 9 } },
  ]);
});

for (const entry of [
  "a",
  "a:",
  ":1",
  "a:0",
  "a:65536",
  "*:80",
  "http://a:80",
  "fd00::7",
  "[a]:80",
  "a b:80",
  "a@b:80",
  "a?b:80",
  "a~b:80",
  "a%2eb:80",
]) {
  test(`"${entry}" is no host and port, which is said at the start`, () => {
    const start = () => parseConfig({ ALLOWED_HOSTS: `ok:1, ${entry}` }, "/p");
    assert.throws(start, /^ALLOWED_HOSTS: entry 2 must be a host and a port such as/);
  });
}

for (const entry of ["a:80=", "a:80=b:80", "a:80=10.0.0.1", "a:80=10.0.0.1:0", "a:80=run/pg", "a:80=10.0.0.1:80=x"]) {
  test(`"${entry}" leads nowhere, which is said at the start`, () => {
    assert.throws(() => parseConfig({ ALLOWED_HOSTS: entry }, "/p"), /^ALLOWED_HOSTS: entry 1 must lead to/);
  });
}

test("a host and port cannot lead to two places", () => {
  const start = () => parseConfig({ ALLOWED_HOSTS: "A:1=10.0.0.1:1,b:1,a:1" }, "/p");
  assert.throws(start, /^ALLOWED_HOSTS: a host and port stand there twice$/);
});

test.run();
