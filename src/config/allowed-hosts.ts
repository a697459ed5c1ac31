import { isIP } from "node:net";

/** A host and port to which connections may lead though they are not public. */
export type AllowedHost = {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Where it is, an IP address and port or a socket's path; as its name resolves when absent. */
  readonly leadsTo?: { readonly host: string; readonly port: number } | { readonly path: string };
};

/**
 * Parses hosts and ports that are separated by commas, each with `=` and where it leads if need be:
 * `warehouse.internal:5432, api.local:8080=10.0.0.7:8080, db:5432=/run/pg/.s.PGSQL.5432`. Reports what is
 * wrong with an entry, by its place in the list and without its text.
 */
export function parseAllowedHosts(text: string, report: (problem: string) => void): readonly AllowedHost[] {
  const entries = text.split(",").map((entry) => entry.trim());
  const parsed = entries.flatMap((entry, at) => {
    if (entry === "") return [];
    const read = readEntry(entry);
    if (typeof read !== "string") return [read];
    report(`entry ${at + 1} ${read}`);
    return [];
  });
  const places = parsed.map(({ host, port }) => `${host.toLowerCase()} ${port}`);
  if (new Set(places).size < places.length) report("a host and port stand there twice");
  return parsed;
}

function readEntry(entry: string): AllowedHost | string {
  const [, from = "", , to] = /^([^=]*)(=(.*))?$/s.exec(entry)!;
  const place = readHostAndPort(from);
  if (place === undefined) return "must be a host and a port such as warehouse.internal:5432 or [fd00::7]:5432";
  if (to === undefined) return place;
  if (to.startsWith("/")) return { ...place, leadsTo: { path: to } };
  const leadsTo = readHostAndPort(to);
  if (leadsTo !== undefined && isIP(leadsTo.host) !== 0) return { ...place, leadsTo };
  return "must lead to an IP address and a port such as 10.0.0.7:8080, or to a socket's path";
}

function readHostAndPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([\p{L}\p{M}\p{N}._-]+)):(\d{1,5})$/u.exec(text) ?? [];
  const port = Number(digits);
  if (!(port >= 1 && port <= 65_535)) return undefined;
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : undefined;
  return plain !== undefined && URL.canParse(`http://${plain}:1/`) ? { host: plain, port } : undefined;
}
