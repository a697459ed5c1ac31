import { existsSync, readFileSync } from "node:fs";
import type { Mark } from "./around.ts";
import { startDnsServer } from "./dns-server.ts";
import type { HttpUpstream } from "./http-upstream.ts";
import { dnsEntries, publicAddresses, upstreamAddress, upstreamHost } from "./names.ts";
import { startSinkhole } from "./sinkhole.ts";

/** Who may have been contacted, and what was. */
type Sightings = {
  /** Where the service's process has tried to connect to. */
  readonly attempts: readonly string[];
  /** The places of which nothing is said. */
  readonly expected: ReadonlySet<string>;
  /** Hosts that the case itself names: what they stand for has to be looked up. */
  readonly hosts: readonly string[];
};

/** Sees what is contacted. */
export type Contacts = {
  readonly upstreamAddress: string;
  /** The port at which the upstream of http://sink.test/ listens. */
  readonly usualPort: number;
  /** How ALLOWED_HOSTS says that a port of sink.test is the upstream at another. */
  allow(port: number, at: number): readonly string[];
  /** What a case's names stand for begins anew. */
  startOver(): void;
  mark(): Pick<Mark, "caught" | "asked" | "failed">;
  /** Says what was contacted since then and had not to be. */
  strayedSince(mark: Mark, sightings: Sightings): string | undefined;
  close(): Promise<void>;
};

/** Every port that a case or a client's habit may lead to; what tries another is seen by its failure. */
const watchedPorts = [22, 25, 80, 443, 1080, 3128, 5432, 6379, 8080, 8123, 8443, 9000];

/**
 * Starts to watch. In a namespace of our own names are answered by us, every other address is ours as well,
 * and attempts at ports where nobody listens are counted by the kernel. Elsewhere the service's own process
 * is watched, and nothing else can be.
 */
export async function startContacts(usual: HttpUpstream, isolated: boolean): Promise<Contacts> {
  if (!isolated) return watchProcessOnly(usual);
  const dns = await startDnsServer(dnsEntries, { host: "127.0.0.1", port: 53 });
  const welcome = { address: upstreamAddress, port: 80, serve: usual.serve };
  const sinkhole = await startSinkhole(watchedPorts, welcome);
  return {
    upstreamAddress,
    usualPort: 80,
    allow: (port) => [`${upstreamHost}:${port}`],
    startOver: dns.startOver,
    mark: () => ({ caught: sinkhole.caught.length, asked: dns.asked.length, failed: failedAttempts() }),
    strayedSince(mark, sightings) {
      const caught = sinkhole.caught.slice(mark.caught).find(({ address }) => !publicAddresses.has(address));
      if (caught !== undefined) return `${caught.address}:${caught.port} was contacted`;
      const names = new Set([upstreamHost, ...sightings.hosts]);
      const asked = dns.asked.slice(mark.asked).find((name) => !names.has(name));
      if (asked !== undefined) return `the name ${asked} was looked up`;
      const failed = failedAttempts() - mark.failed;
      if (failed > 0) return `${failed} attempts at ports where nobody listens`;
      return strayedAttempt(sightings);
    },
    async close() {
      usual.close();
      await sinkhole.close();
      await dns.close();
    },
  };
}

async function watchProcessOnly(usual: HttpUpstream): Promise<Contacts> {
  const address = "127.0.0.1";
  const usualPort = await usual.listen(address);
  return {
    upstreamAddress: address,
    usualPort,
    allow: (port, at) => [`${upstreamHost}:${port}=${address}:${at}`],
    startOver: () => {},
    mark: () => ({ caught: 0, asked: 0, failed: 0 }),
    strayedSince: (_, sightings) => strayedAttempt(sightings),
    async close() {
      usual.close();
    },
  };
}

function strayedAttempt({ attempts, expected }: Sightings): string | undefined {
  const isFine = (attempt: string) =>
    expected.has(attempt) || publicAddresses.has(attempt.slice(0, attempt.lastIndexOf(":")));
  const stray = attempts.find((attempt) => !isFine(attempt));
  return stray && `the service tried to connect to ${stray}`;
}

/** How many outgoing TCP connections of this namespace have failed so far (RFC 4022, tcpAttemptFails). */
function failedAttempts(): number {
  const file = "/proc/self/net/snmp";
  if (!existsSync(file)) return 0;
  const [names = "", values = ""] = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("Tcp:"));
  return Number(values.split(" ")[names.split(" ").indexOf("AttemptFails")]);
}
