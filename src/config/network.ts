import { isIP } from "node:net";

/** The addresses that share their first bits; all of them for a single address. */
export type Network = { readonly address: string; readonly family: "ipv4" | "ipv6"; readonly prefixBits: number };

/** Parses an address, or a network such as `10.0.0.0/8`. Returns undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [, address = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  const maxBits = version === 6 ? 128 : 32;
  const prefixBits = Number(length ?? maxBits);
  if (version === 0 || prefixBits > maxBits) return undefined;
  return { address, family: version === 6 ? "ipv6" : "ipv4", prefixBits };
}
