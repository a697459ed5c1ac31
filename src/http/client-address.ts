import { BlockList, isIP } from "node:net";

/** Tells the address of a caller from that of its connection and its `X-Forwarded-For`. */
export type ClientAddress = (connected: string | undefined, forwardedFor: readonly string[]) => string;

/**
 * Creates the reading of addresses. A hop is believed only from a trusted proxy, given as an address
 * or as a network such as `10.0.0.0/8`; the caller is the last hop that is not one of them. Throws an
 * Error that names an entry that is neither.
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const trusted = new BlockList();
  for (const entry of trustedProxies) addNetwork(trusted, entry);

  return (connected, forwardedFor) => {
    let address = plainAddress(connected ?? "");
    const hops = forwardedFor.flatMap((line) => line.split(",")).map((hop) => plainAddress(hop.trim()));
    while (isTrusted(address)) {
      const hop = hops.pop();
      if (hop === undefined || isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  };

  function isTrusted(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && trusted.check(address, version === 6 ? "ipv6" : "ipv4");
  }
}

function addNetwork(list: BlockList, entry: string): void {
  const [address = "", length] = entry.split("/");
  const version = isIP(address);
  const bits = length === undefined ? (version === 6 ? 128 : 32) : Number(length);
  if (version === 0 || !/^\d{1,3}$/.test(length ?? "0") || bits > (version === 6 ? 128 : 32)) {
    throw new Error(`trusted proxies: ${entry} is neither an address nor a network such as 10.0.0.0/8`);
  }
  list.addSubnet(address, bits, version === 6 ? "ipv6" : "ipv4");
}

/** Sockets that take both families give IPv4 addresses in the form of IPv6 (RFC 4291, 2.5.5.2). */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}
