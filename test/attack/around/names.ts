import ipaddr from "ipaddr.js";
import type { DnsEntry } from "./dns-server.ts";

/** Where upstreams listen: on loopback, and nowhere else in its network, so that no other way there is in order. */
export const upstreamAddress = "127.0.0.2";

/** The one host that connections may lead to. */
export const upstreamHost = "sink.test";

/** Public ones of which each stands in one place only, so that who contacts it is known. */
const [besidePrivate, beforePrivate] = ["93.184.216.34", "93.184.215.14"];

/** What the corpus wants its names to stand for. */
export const dnsEntries: Readonly<Record<string, DnsEntry>> = {
  "sink.test": { addresses: [[upstreamAddress]] },
  "other.test": { addresses: [[upstreamAddress]] },
  "loopback.test": { addresses: [["127.0.0.1"]] },
  "v6loop.test": { addresses: [["::1"]] },
  "meta.test": { addresses: [["169.254.169.254"]] },
  "mixed.test": { addresses: [[besidePrivate, "10.0.0.1"]] },
  "rebind.test": { addresses: [[beforePrivate], ["169.254.169.254"]] },
  "cname.test": { alias: "localhost" },
  localhost: { addresses: [["127.0.0.1", "::1"]] },
};

/** Addresses that cases name. Here they are this machine's own. */
export const baitAddresses = [
  ...["169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "198.18.0.1"],
  ...["fd00:ec2::254", "64:ff9b::7f00:1"],
];

/**
 * Addresses to which connections may lead by the rules for all of them: those of names that stand for nothing
 * but public ones when they are first asked for. No case names one in another way.
 */
export const publicAddresses: ReadonlySet<string> = new Set(
  Object.values(dnsEntries).flatMap((entry) => {
    const addresses = "alias" in entry ? [] : entry.addresses[0]!;
    return addresses.every((address) => ipaddr.process(address).range() === "unicast") ? addresses : [];
  }),
);
