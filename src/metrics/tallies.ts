import type { RequestCode, RequestOver } from "../http/request-over.ts";
import type { SourceReadSeen } from "../source/source-read-seen.ts";
import { type Counts, createCounts } from "./counts.ts";
import { createDurations, type Durations } from "./durations.ts";

/** Requests of one method by one protocol. */
type RequestTally = {
  readonly method: string;
  readonly protocol: string;
  readonly codes: Counts<RequestCode>;
  readonly durations: Durations;
};

/** Reads of one kind of source. */
type ReadTally = {
  readonly kind: string;
  readonly outcomes: Counts<SourceReadSeen["outcome"]>;
  readonly durations: Durations;
};

/** A limit that somebody ran into. */
export type Limited = "calls" | "links" | "failed_tokens";

/** What happens, in plain numbers, which cost next to nothing until somebody asks for them. */
export type Tallies = {
  onRequest(over: Pick<RequestOver, "procedure" | "path" | "protocol" | "code" | "ms">): void;
  onRead(read: Pick<SourceReadSeen, "kind" | "outcome" | "ms">): void;
  onDrawn(drawn: { readonly ms: number }): void;
  onLimited(limit: Limited): void;
  onLinkOpened(): void;
  requests(): Iterable<RequestTally>;
  reads(): Iterable<ReadTally>;
  readonly drawn: Durations;
  readonly limited: Counts<Limited>;
  linksOpened(): number;
};

/** Creates tallies of nothing. */
export function createTallies(): Tallies {
  const requests = new Map<string, Map<string, RequestTally>>();
  const reads = new Map<string, ReadTally>();
  const drawn = createDurations();
  const limited = createCounts<Limited>(["calls", "links", "failed_tokens"]);
  let linksOpened = 0;

  const tallyOf = (method: string, protocol: string): RequestTally => {
    const known = requests.get(method)?.get(protocol);
    if (known !== undefined) return known;
    const tally = { method, protocol, codes: createCounts<RequestCode>(), durations: createDurations() };
    const byProtocol = requests.get(method) ?? new Map<string, RequestTally>();
    requests.set(method, byProtocol.set(protocol, tally));
    return tally;
  };

  return {
    onRequest({ procedure, path, protocol, code, ms }) {
      const tally = tallyOf(procedure?.method ?? path, protocol);
      tally.codes.add(code);
      if (ms !== undefined) tally.durations.add(ms);
    },
    onRead({ kind, outcome, ms }) {
      const tally = reads.get(kind) ?? { kind, outcomes: createCounts(), durations: createDurations() };
      reads.set(kind, tally);
      tally.outcomes.add(outcome);
      if (ms !== undefined) tally.durations.add(ms);
    },
    onDrawn: ({ ms }) => drawn.add(ms),
    onLimited: limited.add,
    onLinkOpened() {
      linksOpened += 1;
    },
    *requests() {
      for (const byProtocol of requests.values()) yield* byProtocol.values();
    },
    reads: () => reads.values(),
    drawn,
    limited,
    linksOpened: () => linksOpened,
  };
}
