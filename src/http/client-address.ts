import { BlockList, isIP } from "node:net";
import type { Network } from "../config/network.ts";

/** Tells the address of a caller from that of its connection and its `X-Forwarded-For`. */
export type ClientAddress = (connected: string | undefined, forwardedFor: readonly string[]) => string;

/** Tells whether an address is that of a trusted proxy. */
export type ProxyCheck = (address: string) => boolean;

/** Creates the check of whether an address is in one of the networks. */
export function createProxyCheck(trustedProxies: readonly Network[]): ProxyCheck {
  if (trustedProxies.length === 0) return () => false;
  const trusted = new BlockList();
  for (const { address, prefixBits, family } of trustedProxies) trusted.addSubnet(address, prefixBits, family);
  return (connected) => {
    const address = plainAddress(connected);
    const version = isIP(address);
    return version !== 0 && trusted.check(address, version === 6 ? "ipv6" : "ipv4");
  };
}

/**
 * Creates the reading of addresses. A hop is believed only from a trusted proxy; the caller is the last
 * hop that is not one of them.
 */
export function createClientAddress(isProxy: ProxyCheck): ClientAddress {
  return (connected, forwardedFor) => {
    let address = plainAddress(connected ?? "");
    const hops = forwardedFor.flatMap((line) => line.split(",")).map((hop) => plainAddress(hop.trim()));
    while (isProxy(address)) {
      const hop = hops.pop();
      if (hop === undefined || isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  };
}

/**
 * Returns an address as it is usually written: sockets that take both families give those of IPv4 in the form of
 * IPv6 (RFC 4291, 2.5.5.2).
 */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}
