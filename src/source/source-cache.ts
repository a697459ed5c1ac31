import { createHash } from "node:crypto";
import { maxStaleSOf, ttlSOf } from "../definition/ttl.ts";
import type { Frame } from "../frame/frame.ts";
import { packFrame, unpackFrame } from "../frame/pack-frame.ts";
import { createCallers } from "../limit/callers.ts";
import { Abandoned } from "./abandoned.ts";
import type { Deadlines } from "./deadlines.ts";
import type { ReportFailure } from "./failure-report.ts";
import { frameBytes } from "./frame-bytes.ts";
import type { SourceOutcome, SourceQuery } from "./runner.ts";
import { type OnRead, outcomeOf, type SourceReadSeen } from "./source-read-seen.ts";

/**
 * Remembers results by tenant and key, loads each once however many ask, and answers with one that is
 * not fresh while it does. A failure is remembered for seconds.
 */
export type SourceCache = <V extends object, F>(
  key: { readonly tenant: string; readonly key: string },
  ask: {
    readonly load: () => Promise<Sized<V>>;
    /** How replicas hand it to each other. */
    readonly form: { readonly toBytes: (value: V) => Uint8Array; readonly parse: (bytes: Uint8Array) => Sized<V> };
    readonly explain: (error: unknown) => F;
    readonly isPassing: (error: unknown) => boolean;
    readonly freshMs: number;
    readonly maxStaleMs: number;
  },
) => Promise<
  | { readonly ok: true; readonly value: V; readonly asOfMs: number; readonly stale: boolean }
  | { readonly ok: false; readonly failure: F }
>;

/** A value, and about how many bytes it takes in memory. */
type Sized<V> = { readonly value: V; readonly bytes: number };

/** How rows are had that are not kept. */
type Load = {
  /** What is read, as `SourceReadSeen` has it. */
  readonly kind: string;
  /** Everything that the rows depend on, besides the tenant. */
  readonly parts: readonly unknown[];
  readonly timeoutMs: number;
  readonly read: (signal: AbortSignal) => Promise<Frame>;
};

/** Reads the rows of a query, unless they are kept. Never rejects. */
export type ReadThroughCache = (query: SourceQuery, load: Load) => Promise<SourceOutcome>;

/** What a question comes to that was left off because nobody waited for it. */
const cutOff = "cut_off";

/** Creates the way to rows. A failure is logged where it happens, once for all who wait. */
export function createReadThroughCache({
  cache,
  deadlines,
  report,
  onRead,
}: {
  readonly cache: SourceCache;
  readonly deadlines: Deadlines;
  readonly report: ReportFailure;
  /** Told of each read; nobody unless told. */
  readonly onRead?: OnRead | undefined;
}): ReadThroughCache {
  const callers = createCallers(() => new Abandoned());
  const seen = onRead === undefined ? unseen : toSeen(onRead);
  return async (query, { kind, parts, timeoutMs, read }) => {
    const ttlS = ttlSOf(query.datasource);
    const maxStaleS = maxStaleSOf(query.datasource);
    const key = createHash("sha256")
      .update(JSON.stringify([...parts, ttlS, maxStaleS]))
      .digest("base64url");
    using caller = callers.join(JSON.stringify([query.tenant, key]), query.abandoned);
    const ask = () =>
      cache(
        { tenant: query.tenant, key },
        {
          load: async () =>
            toSized(
              await seen({ kind, datasource: query.datasource.id }, () =>
                deadlines.run(timeoutMs, read, caller.abandoned),
              ),
            ),
          form: { toBytes: packFrame, parse: (bytes) => toSized(unpackFrame(bytes)) },
          explain: (error) => (error instanceof Abandoned ? cutOff : report(query, error)),
          isPassing: (error) => error instanceof Abandoned,
          freshMs: ttlS * 1000,
          maxStaleMs: maxStaleS * 1000,
        },
      );
    let answer = await ask();
    // What others have left before it was done is no answer to one who came meanwhile.
    if (!answer.ok && answer.failure === cutOff && !caller.abandoned.aborted) answer = await ask();
    if (!answer.ok) return { ok: false, failure: answer.failure === cutOff ? "source_failed" : answer.failure };
    const { value: frame, asOfMs, stale } = answer;
    return { ok: true, frame, asOfMs, stale, ttlS, shownUntilMs: asOfMs + Math.max(ttlS, maxStaleS) * 1000 };
  };
}

/** Does a read. */
type Seen = (what: Pick<SourceReadSeen, "kind" | "datasource">, read: () => Promise<Frame>) => Promise<Frame>;

const unseen: Seen = (_, read) => read();

function toSeen(onRead: OnRead): Seen {
  return async (what, read) => {
    const startMs = performance.now();
    const tell = (outcome: SourceReadSeen["outcome"]) => onRead({ ...what, outcome, ms: performance.now() - startMs });
    try {
      const frame = await read();
      tell("ok");
      return frame;
    } catch (error) {
      tell(outcomeOf(error));
      throw error;
    }
  };
}

function toSized(frame: Frame): Sized<Frame> {
  return { value: frame, bytes: frameBytes(frame) };
}
