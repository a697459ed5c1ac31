import { isIPv6 } from "node:net";

/**
 * Returns what an address is counted under: itself for IPv4, its /64 for IPv6, because that is the
 * least that one subscriber has, with 2^64 addresses to take turns with (RFC 6177).
 */
export function addressKey(address: string): string {
  const [unzoned = ""] = address.split("%");
  if (!isIPv6(unzoned)) return address;
  // A URL's host has one spelling: lower case, no zeros in front, no IPv4 at the end.
  const [head = "", tail = ""] = new URL(`http://[${unzoned}]/`).hostname.slice(1, -1).split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const [front, back] = [groups(head), groups(tail)];
  const zeros = Array<string>(8 - front.length - back.length).fill("0");
  return `${[...front, ...zeros, ...back].slice(0, 4).join(":")}::/64`;
}
