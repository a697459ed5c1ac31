import { lookup, Resolver } from "node:dns/promises";
import { SourceError } from "./source-error.ts";

/** Returns every address of a name, none where it has none. Rejects where that cannot be found out. */
export type LookUpHost = (name: string) => Promise<readonly string[]>;

/**
 * Looks a name up as the system does, in its hosts file and with its search domains too. For names that the
 * operator chose: a server that does not answer holds one of the process's few threads for many seconds.
 */
export const lookUpAsSystem: LookUpHost = async (name) => {
  const found = await lookup(name, { all: true, order: "verbatim" });
  return found.map(({ address }) => address);
};

/**
 * Looks a name up in DNS only, IPv4 first, with no thread that it could hold: for names that tenants chose.
 * Gives up after 2 s.
 */
export const lookUpInDns: LookUpHost = async (name) => {
  const resolver = new Resolver({ timeout: 900, tries: 2 });
  const timer = setTimeout(() => resolver.cancel(), lookUpMs);
  try {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    const refused = answers.find((answer) => answer.status === "rejected");
    if (found.length === 0 && refused !== undefined) throw refused.reason;
    return found;
  } finally {
    clearTimeout(timer);
  }
};

/** How long a host name may take to resolve: as long as a connection may take to come about. */
const lookUpMs = 2000;

/** Returns what the look-up returns. Throws SourceError where it fails, finds nothing or takes longer than 2 s. */
export async function lookUpInTime(lookUp: LookUpHost, name: string): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new SourceError("source_unavailable", "the host name takes too long to resolve")),
      lookUpMs,
    );
  });
  const found = lookUp(name).catch(() => []);
  const addresses = await Promise.race([found, late]).finally(() => clearTimeout(timer));
  if (addresses.length === 0) throw new SourceError("source_unavailable", "the host name does not resolve");
  return addresses;
}
