import type { Round } from "./benchmark.ts";

/** A server in a process of its own, whose CPU time is counted, with its client in another. */
type Contestant = { readonly server: { cpuUs(): Promise<number> }; readonly client: Client };

/** Whoever sends requests, the same ones over and over. */
export type Client = {
  /** Sends so many, and resolves with the bytes of their answers. Rejects where one was not answered as it should be. */
  send(count: number): Promise<number>;
  end(): Promise<void>;
};

/** What is compared, and of how many different requests their number is a multiple. */
type Comparison = {
  readonly ours: Contestant;
  readonly reference: Contestant;
  readonly cycle: number;
};

const rounds = 9;

/** A turn has so many requests, and more where they take less than so long: what the engine does now and then evens out. */
const leastRequests = 3_000;
const turnMs = 1_500;

/** For the engine to have compiled what runs often, and to have seen it often. */
const warmUpRequests = 15_000;
const warmUpMs = 5_000;

/** How many times as many bytes one side's answers may have: what is left of a page's time differs by a few. */
const bytesApart = 1.02;

/**
 * Counts what a request costs each side's server, by turns: microseconds of CPU, of all its threads. Every other
 * round begins with the reference. Throws where the two do not answer with as many bytes, which are those that the
 * clients count: gRPC's before compression, those of HTTP as they come.
 */
export async function compareCosts(comparison: Comparison, progress: (line: string) => void): Promise<Round[]> {
  const { ours, reference, cycle } = comparison;
  progress("warming up");
  const counts = { ours: await warmUp(ours, cycle), reference: await warmUp(reference, cycle) };
  progress(`${counts.ours} requests a turn to ours, ${counts.reference} to the reference`);
  const taken: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const first = round % 2 === 1 ? await takeTurn(ours, counts.ours) : undefined;
    const other = await takeTurn(reference, counts.reference);
    const own = first ?? (await takeTurn(ours, counts.ours));
    const apart = Math.max(own.bytes, other.bytes) / Math.min(own.bytes, other.bytes);
    if (apart > bytesApart) throw new Error(`an answer has ${own.bytes} bytes, and the reference's ${other.bytes}`);
    taken.push({ ours: own.us, reference: other.us });
    progress(`round ${round}: ${own.us.toFixed(1)} and ${other.us.toFixed(1)} us, ${Math.round(own.bytes)} bytes`);
  }
  return taken;
}

/** Returns how many requests make up a turn, in whole cycles. */
async function warmUp({ client }: Contestant, cycle: number): Promise<number> {
  const startMs = performance.now();
  let [sent, tookMs, cycleMs] = [0, 0, 0];
  while (sent < warmUpRequests || tookMs < warmUpMs) {
    await client.send(cycle);
    sent += cycle;
    const nowMs = performance.now() - startMs;
    [tookMs, cycleMs] = [nowMs, nowMs - tookMs];
  }
  return cycle * Math.ceil(Math.max(turnMs / cycleMs, leastRequests / cycle));
}

async function takeTurn(
  { server, client }: Contestant,
  count: number,
): Promise<{ readonly us: number; readonly bytes: number }> {
  const before = await server.cpuUs();
  const bytes = await client.send(count);
  return { us: ((await server.cpuUs()) - before) / count, bytes: bytes / count };
}
