import ipaddr from "ipaddr.js";

/**
 * Returns a host as everything that connects reads it: in lower case, IDN as punycode, without a dot at its
 * end, and every way to write an address (decimal, hexadecimal, octal, short, in brackets) as the address.
 * Returns undefined for what is no host: one with a port, a path or a zone, or one that ends like an address.
 */
export function readHost(text: string): string | undefined {
  if (text.length > 255 || /[^\p{L}\p{M}\p{N}._:[\]-]/u.test(text)) return undefined;
  const isBareIpv6 = text.includes(":") && !text.startsWith("[");
  // The colon keeps a port at the end of `text` from being read as one.
  const authority = isBareIpv6 ? `[${text}]` : text;
  if (!isBareIpv6 && /\]./.test(text)) return undefined;
  const url = URL.parse(`http://${authority}:1/`);
  const host = url?.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return host === undefined || host === "" || host.startsWith(".") || host.includes("..") ? undefined : host;
}

/**
 * Whether an address belongs to the public internet, as one machine's own. All others lead to this machine,
 * its networks and what clouds keep beside them, or through a translator to any of those.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address) || address === azureHostAddress) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  // What has been given out of IPv6 so far; beyond it lie addresses that hold one of IPv4.
  return parsed.kind() === "ipv4" || parsed.match(ipaddr.parseCIDR("2000::/3"));
}

/** The one public address by which Azure's machines reach their host's own service. */
const azureHostAddress = "168.63.129.16";
