import * as assert from "uvu/assert";
import { parseNetwork } from "../../src/config/network.ts";
import { createClientAddress, createProxyCheck } from "../../src/http/client-address.ts";
import { suite } from "../harness.ts";

const test = suite("addresses of callers");

const cases: [name: string, trusted: string[], connected: string, forwarded: string[], address: string][] = [
  ["nobody is trusted", [], "10.0.0.1", ["1.2.3.4"], "10.0.0.1"],
  ["the proxy is trusted", ["10.0.0.0/8"], "10.0.0.1", ["1.2.3.4"], "1.2.3.4"],
  ["the proxy is trusted by its address", ["10.0.0.1"], "10.0.0.1", ["1.2.3.4"], "1.2.3.4"],
  ["another is trusted", ["10.0.0.2"], "10.0.0.1", ["1.2.3.4"], "10.0.0.1"],
  ["the caller adds a hop", ["10.0.0.0/8"], "10.0.0.1", ["6.6.6.6, 1.2.3.4"], "1.2.3.4"],
  ["there are two proxies", ["10.0.0.0/8"], "10.0.0.1", ["1.2.3.4, 10.9.9.9"], "1.2.3.4"],
  ["the hops are on two lines", ["10.0.0.0/8"], "10.0.0.1", ["1.2.3.4", "10.9.9.9"], "1.2.3.4"],
  ["all hops are proxies", ["10.0.0.0/8"], "10.0.0.1", ["10.9.9.9"], "10.9.9.9"],
  ["nothing is forwarded", ["10.0.0.0/8"], "10.0.0.1", [], "10.0.0.1"],
  ["a hop is no address", ["10.0.0.0/8"], "10.0.0.1", ["1.2.3.4, <script>"], "10.0.0.1"],
  ["IPv4 comes as IPv6", ["10.0.0.0/8"], "::ffff:10.0.0.1", ["1.2.3.4"], "1.2.3.4"],
  ["all is IPv6", ["fd00::/8"], "fd00::1", ["2001:db8::1"], "2001:db8::1"],
];

for (const [name, trusted, connected, forwarded, address] of cases) {
  test(`${name}: ${address}`, () => {
    assert.is(
      createClientAddress(createProxyCheck(trusted.map((entry) => parseNetwork(entry)!)))(connected, forwarded),
      address,
    );
  });
}

test.run();
