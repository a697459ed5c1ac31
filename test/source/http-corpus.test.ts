/** The addresses of the attack corpus, by the connector and the rules for addresses alone: nothing leaves here. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { checkConnection } from "../../src/definition/check-connection.ts";
import { createAddressResolver, httpPorts } from "../../src/source/address.ts";
import type { Address } from "../../src/source/connector.ts";
import type { LookUpHost } from "../../src/source/look-up-host.ts";
import { SourceError } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";
import { failureOf } from "./failure-of.ts";
import { connectTo, httpConnection, json, startUpstream } from "./http-fixture.ts";

const test = suite("addresses of the corpus");
const upstream = await startUpstream();
upstream.answer(json("[]"));
test.after(() => upstream.close());

type Case = { id: string; name: string; steps: { do: string; inject?: { DS_URL?: string } }[] };

const { cases } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../attack/cases/14-ds-http-ssrf.json"), "utf8"),
) as { cases: Case[] };

/** What the corpus's own DNS answers. */
const names: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "loopback.test": [["127.0.0.1"]],
  "v6loop.test": [["::1"]],
  "meta.test": [["169.254.169.254"]],
  "mixed.test": [["93.184.216.34", "10.0.0.1"]],
  "cname.test": [["127.0.0.1"]],
  "rebind.test": [["93.184.216.34"], ["169.254.169.254"]],
};

/** Where a case ends up, and why not elsewhere. */
async function follow(url: string): Promise<{ readonly said: string; readonly dialled: readonly Address[] }> {
  const dialled: Address[] = [];
  let asked = 0;
  const lookUp: LookUpHost = async (name) => names[name]?.[asked++] ?? [];
  const resolve = createAddressResolver({
    allowed: [{ host: "sink.test", port: 80, leadsTo: { host: "127.0.0.1", port: upstream.port } }],
    ports: httpPorts,
    lookUp: { allowed: lookUp, other: lookUp },
  });
  const connector = connectTo(upstream, async (host, port) => {
    const address = await resolve(host, port);
    dialled.push(address);
    const isOurs = "host" in address && address.host === "127.0.0.1" && address.port === upstream.port;
    if (!isOurs) throw new SourceError("source_unavailable", "nothing leaves here");
    return address;
  });
  const said = await failureOf(connector.read({}, httpConnection({ url })));
  await connector.close();
  return { said, dialled };
}

/** Those that may be reached: the allowed host, whatever its path, and a public address. */
const reached: Readonly<Record<string, readonly Address[]>> = {
  "ssrf-052": [{ host: "93.184.216.34", port: 80 }],
  "ssrf-058": [{ host: "127.0.0.1", port: upstream.port }],
  "ssrf-077": [{ host: "127.0.0.1", port: upstream.port }],
  "ssrf-090": [{ host: "127.0.0.1", port: upstream.port }],
};

const urls = cases.flatMap(({ id, name, steps }) => {
  const url = steps.find((step) => step.inject?.DS_URL !== undefined)?.inject?.DS_URL;
  return url === undefined ? [] : [{ id, name, url: url.replace(/\$\{\w*PORT\}/, "9") }];
});

for (const { id, name, url } of urls) {
  test(`${id} ${name}: ${reached[id] === undefined ? "is refused" : "leads no further than it may"}`, async () => {
    const before = upstream.requests.length;
    const { said, dialled } = await follow(url);
    assert.equal(dialled, reached[id] ?? []);
    if (reached[id] === undefined) assert.match(said, /^source_/);
    assert.not.match(said, /127|169|sink|test\b/);
    for (const request of upstream.requests.slice(before)) {
      assert.not.match(request, /\r\nX-Injected/i);
      assert.match(request, /\r\nhost: sink\.test\.?\r\n/);
    }
  });
}

test("what is no web service's address is refused when it is saved, too", () => {
  for (const url of ["file://localhost/etc/passwd", "FILE:///etc/passwd", "data:application/json,[]", "javascript:1"]) {
    assert.ok(checkConnection(httpConnection({ url }).kind, undefined).length > 0, url);
  }
});

test.run();
