import { is } from "uvu/assert";
import { addressKey } from "../../src/limit/address-key.ts";
import { suite } from "../harness.ts";

const test = suite("what an address is counted under");

const cases: [address: string, key: string][] = [
  ["192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
  ["2001:0DB8:0001:0002::ffff", "2001:db8:1:2::/64"],
  ["2001:db8:1:3::1", "2001:db8:1:3::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8::1:2:3:4:5", "2001:db8:0:1::/64"],
  ["2001:db8:1:2:3:4:192.0.2.7", "2001:db8:1:2::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["", ""],
  ["nowhere", "nowhere"],
];

for (const [address, key] of cases) {
  test(`${address || "no address"} is ${key || "itself"}`, () => is(addressKey(address), key));
}

test.run();
