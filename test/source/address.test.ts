import fc from "fast-check";
import * as assert from "uvu/assert";
import { createAddressResolver, httpPorts } from "../../src/source/address.ts";
import { isPublicAddress, readHost } from "../../src/source/host-name.ts";
import type { LookUpHost } from "../../src/source/look-up-host.ts";
import { SourceError } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";

const test = suite("addresses");

const names: Record<string, readonly string[]> = {
  "public.test": ["93.184.216.34", "2606:2800:220:1::1"],
  "loopback.test": ["127.0.0.1"],
  "v6loop.test": ["::1"],
  "meta.test": ["169.254.169.254"],
  "mixed.test": ["93.184.216.34", "10.0.0.1"],
  "cname.test": ["127.0.0.1"],
};
const lookUpName: LookUpHost = async (name) => names[name] ?? [];
const lookUp = { allowed: lookUpName, other: lookUpName };
const resolve = createAddressResolver({
  lookUp,
  ports: httpPorts,
  allowed: [
    { host: "Loopback.test.", port: 5432 },
    { host: "inside.test", port: 8080, leadsTo: { host: "10.0.0.7", port: 9000 } },
    { host: "db.test", port: 5432, leadsTo: { path: "/run/pg/.s.PGSQL.5432" } },
    { host: "10.0.0.9", port: 80 },
    { host: "gone.test", port: 80 },
  ],
});

test("an allowed host that is none does not start", () => {
  const start = () => createAddressResolver({ lookUp, allowed: [{ host: "a~b", port: 80 }] });
  assert.throws(start, /^an allowed host is neither a name nor an address$/);
});

const notPublic = "the address is not public, and the operator has not allowed it";
const noHost = "the host is neither a name nor an address";
const unresolved = "the host name does not resolve";

async function refusal(host: string, port = 80, by = resolve): Promise<string> {
  try {
    await by(host, port);
  } catch (error) {
    assert.ok(error instanceof SourceError);
    assert.not.ok(host.length > 3 && error.message.includes(host), "the message repeats the host");
    return error.message;
  }
  return "";
}

const refused: readonly (readonly [hosts: readonly string[], message: string])[] = [
  [["127.0.0.1", "127.1", "0", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"], notPublic],
  [["[::1]", "::1", "::ffff:127.0.0.1", "[::ffff:7f00:1]", "64:ff9b::7f00:1", "::127.0.0.1", "::"], notPublic],
  [["169.254.169.254", "2852039166", "0xA9FEA9FE", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"], notPublic],
  [["10.0.0.1", "172.16.0.1", "192.168.0.1", "198.18.0.1", "240.0.0.1", "255.255.255.255", "224.0.0.1"], notPublic],
  [["192.0.2.1", "198.51.100.1", "203.0.113.1", "192.0.0.8", "192.88.99.1", "0.1.2.3"], notPublic],
  [["fe80::1", "fec0::1", "fc00::1", "ff02::1", "2002:7f00:1::", "2001:0:1::1", "2001:db8::1", "3fff::1"], notPublic],
  [["64:ff9b:1::a00:1", "100::1", "5f00::1", "4000::1", "::ffff:0:127.0.0.1", "::ffff:8.8.8.8"], notPublic],
  [["①②⑦.⓪.⓪.①", "127.0.0.1.", "１２７.0.0.1"], notPublic],
  [["loopback.test", "LOOPBACK.test", "loopback.test.", "v6loop.test", "meta.test", "cname.test"], notPublic],
  [["mixed.test"], notPublic],
  [["x.localhost", "evilpublic.test", "public.test.evil.test", "xn--snk-2ma.test", "gone.test"], unresolved],
  [
    ["", ".", "a..b", "fe80::1%eth0", "sink.test@127.0.0.1", "127.0.0.1:80", "[::1]:80", "a/b", "a b", "foo.123"],
    noHost,
  ],
  [
    [
      "\t127.0.0.1",
      "127.0.0.1\n",
      "a\\b",
      "%31",
      "[::1",
      "1:2",
      "a".repeat(256),
      "{{region}}",
      "127。0。0。1",
      "256.0.0.1",
    ],
    noHost,
  ],
];

for (const [hosts, message] of refused) {
  for (const host of hosts) {
    test(`${JSON.stringify(host.slice(0, 40))} is refused: ${message}`, async () => {
      assert.is(await refusal(host), message);
    });
  }
}

test("a host is taken that is public in every address, by its first", async () => {
  assert.equal(await resolve("public.test", 443), { host: "93.184.216.34", port: 443 });
  assert.equal(await resolve("PUBLIC.test.", 8080), { host: "93.184.216.34", port: 8080 });
  assert.equal(await resolve("8.8.8.8", 80), { host: "8.8.8.8", port: 80 });
  assert.equal(await resolve("[2606:2800:220:1::1]", 80), { host: "2606:2800:220:1::1", port: 80 });
});

test("the operator allows a host and port, not the host and not the port", async () => {
  assert.equal(await resolve("loopback.TEST", 5432), { host: "127.0.0.1", port: 5432 });
  assert.is(await refusal("loopback.test", 8080), notPublic);
  assert.is(await refusal("v6loop.test", 443), notPublic);
  assert.equal(await resolve("10.0.0.9", 80), { host: "10.0.0.9", port: 80 });
  assert.is(await refusal("10.0.0.9", 443), notPublic);
});

test("an allowed host may lead to an address or a socket of the operator's", async () => {
  assert.equal(await resolve("inside.test.", 8080), { host: "10.0.0.7", port: 9000 });
  assert.equal(await resolve("db.test", 5432), { path: "/run/pg/.s.PGSQL.5432" });
});

test("ports beyond the list are the operator's to allow, and without a list all are open", async () => {
  for (const port of [22, 25, 5432, 6379]) {
    assert.match(await refusal("public.test", port), /^the port is none of 80, 443, 8080, 8443, and/);
  }
  const anyPort = createAddressResolver({ allowed: [], lookUp });
  assert.equal(await anyPort("public.test", 5432), { host: "93.184.216.34", port: 5432 });
  assert.is(await refusal("loopback.test", 5432, anyPort), notPublic);
});

test("a name is looked up once, and a literal never", async () => {
  const asked: string[] = [];
  const answers = ["93.184.216.34", "169.254.169.254"];
  const other: LookUpHost = async (name) => {
    asked.push(name);
    return [answers[asked.length - 1]!];
  };
  const once = createAddressResolver({ allowed: [], lookUp: { allowed: lookUpName, other } });
  assert.equal(await once("rebind.test", 80), { host: "93.184.216.34", port: 80 });
  await once("8.8.8.8", 80);
  assert.equal(asked, ["rebind.test"]);
  assert.is(await refusal("rebind.test", 80, once), notPublic);
});

test("names of the operator are looked up as the system does, those of tenants in DNS", async () => {
  const both = createAddressResolver({
    allowed: [{ host: "a.test", port: 80 }],
    lookUp: { allowed: async () => ["10.1.1.1"], other: async () => ["8.8.8.8"] },
  });
  assert.equal(await both("a.test", 80), { host: "10.1.1.1", port: 80 });
  assert.equal(await both("a.test", 81), { host: "8.8.8.8", port: 81 });
});

test("a look-up that fails is in words, and one that hangs ends", async () => {
  const broken = createAddressResolver({
    allowed: [],
    lookUp: { allowed: lookUpName, other: () => Promise.reject(new Error("queryA ESERVFAIL a.test")) },
  });
  assert.is(await refusal("a.test", 80, broken), unresolved);
  const hung = createAddressResolver({
    allowed: [],
    lookUp: { allowed: lookUpName, other: () => new Promise(() => undefined) },
  });
  assert.is(await refusal("a.test", 80, hung), "the host name takes too long to resolve");
});

test("what is read as a host reads the same again, and holds nothing that a URL would take apart", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.domain(), fc.ipV4Extended(), fc.ipV6()), (text) => {
      const host = readHost(text);
      if (host === undefined) return;
      assert.match(host, /^[a-z0-9._:-]+$/);
      assert.is(readHost(host), host);
    }),
    { numRuns: 2000 },
  );
});

test("no IPv6 address that wraps one of IPv4 is public, and neither is a random one outside 2000::/3", () => {
  const wraps = ["::", "::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::"];
  fc.assert(
    fc.property(fc.constantFrom(...wraps), fc.ipV4(), (wrap, ipv4) => !isPublicAddress(wrap + ipv4)),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.ipV6(), (ip) => !isPublicAddress(ip) || /^[23][0-9a-f]{3}:/i.test(ip)),
    { numRuns: 2000 },
  );
});

test.run();
