import { isIP } from "node:net";
import type { Address, ResolveAddress } from "./connector.ts";
import { isPublicAddress, readHost } from "./host-name.ts";
import { type LookUpHost, lookUpAsSystem, lookUpInDns, lookUpInTime } from "./look-up-host.ts";
import { SourceError } from "./source-error.ts";

/** A host and port to which connections may lead wherever it is. */
export type AllowedHost = {
  readonly host: string;
  readonly port: number;
  /** Where it is; what the system's resolver says when absent. */
  readonly leadsTo?: Address;
};

/** Where web services listen. */
export const httpPorts: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);

/**
 * Creates the rules by which connections find their way. A host that the operator allowed, with exactly that
 * port, may be anywhere. Any other must be public in every address it has, so that nothing is reached from
 * here that its tenant could not reach without us; then the first is taken. An answer is not kept.
 *
 * @param allowed what the operator allowed
 * @param ports to which connections may lead that the operator has not allowed; any when absent
 * @param lookUp finds the addresses of names, the operator's and the tenants'; 2 s at most
 */
export function createAddressResolver({
  allowed,
  ports,
  lookUp = { allowed: lookUpAsSystem, other: lookUpInDns },
}: {
  readonly allowed: readonly AllowedHost[];
  readonly ports?: ReadonlySet<number>;
  readonly lookUp?: { readonly allowed: LookUpHost; readonly other: LookUpHost };
}): ResolveAddress {
  const waived = new Map(allowed.map((entry) => [`${readAllowed(entry)} ${entry.port}`, entry]));
  return async (text, port) => {
    const host = readHost(text);
    if (host === undefined) throw new SourceError("source_failed", "the host is neither a name nor an address");
    const entry = waived.get(`${host} ${port}`);
    if (entry?.leadsTo !== undefined) return entry.leadsTo;
    if (entry === undefined && ports !== undefined && !ports.has(port)) throw notThatPort(ports);
    const isAddress = isIP(host) !== 0;
    const find = entry === undefined ? lookUp.other : lookUp.allowed;
    const addresses = isAddress ? [host] : await lookUpInTime(find, host);
    if (entry === undefined && !addresses.every(isPublicAddress)) throw notPublic();
    return { host: addresses[0]!, port };
  };
}

/** Throws an Error for whoever starts the service: no connection could name such a host, or another would be taken for it. */
function readAllowed({ host }: AllowedHost): string {
  const read = readHost(host);
  if (read === undefined) throw new Error("an allowed host is neither a name nor an address");
  return read;
}

function notPublic(): SourceError {
  return new SourceError("source_failed", "the address is not public, and the operator has not allowed it");
}

function notThatPort(ports: ReadonlySet<number>): SourceError {
  const list = [...ports].join(", ");
  return new SourceError("source_failed", `the port is none of ${list}, and the operator has not allowed it`);
}
