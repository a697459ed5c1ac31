import { setTimeout as pause } from "node:timers/promises";
import type { LoadFigures } from "../../load/tally.ts";
import { type CaseRecord, judgedOutcomes, type Outcome } from "../record.ts";
import { ofRecord, type Properties, type Property } from "./property.ts";

/** Properties of a service under pressure. */
export const loadProperties: Properties = {
  probe_all_200: ofRecord((record) => {
    const bad = judgedOutcomes(record).find(({ response }) => response?.status !== 200);
    return bad === undefined ? undefined : `a probe got ${bad.response?.status ?? "no answer"}`;
  }),
  B_all_200: ofRecord((record) => {
    const ofB = judgedOutcomes(record).filter(({ caller }) => caller === "B");
    return ofB.length > 0 && ofB.every(({ response }) => response?.status === 200)
      ? undefined
      : "not all of B's are 200";
  }),
  fds_released: async ({ world }) => {
    // Others attack beside it.
    const count = () => world.service.fds(world.attackerAddress);
    const most = count() + 10;
    return async () => {
      for (let waitedMs = 0; count() > most && waitedMs < 30_000; waitedMs += 250) await pause(250);
      const after = count();
      return after <= most ? undefined : `${after} are open, ${most - 10} were before`;
    };
  },
  goaway_or_bounded: async ({ world }) => {
    // What came before is not this case's.
    await world.service.look();
    const before = world.service.rssMib();
    return async ({ steps }) => {
      const { connections, ended } = steps.findLast(({ pressure }) => pressure?.flood)!.pressure!.flood!;
      // What is left for the last one may be too little to be a flood.
      if (ended > 0 && connections - ended <= 1) return undefined;
      const lagMs = Math.round((await world.service.look()).loopLagMs);
      const grownMib = Math.round(world.service.rssMib() - before);
      if (lagMs < 250 && grownMib < 128) return undefined;
      return `${ended} of ${connections} connections were ended; the event loop lagged ${lagMs} ms, ${grownMib} MiB more`;
    };
  },
  inflight_zero:
    ({ world, prepared }) =>
    async () => {
      const look = async () => ({
        unanswered: (await world.service.look()).unanswered,
        upstream: prepared?.upstream?.unanswered() ?? 0,
      });
      // A machine that is busy takes its time to tell the service that a client has left.
      let seen = await look();
      for (let looks = 0; looks < 5 && seen.unanswered + seen.upstream > 0; looks += 1) {
        await pause(150);
        seen = await look();
      }
      const { unanswered, upstream } = seen;
      return unanswered + upstream === 0 ? undefined : `${unanswered} requests, and ${upstream} of an upstream, go on`;
    },
  pool_idle_all:
    ({ world }) =>
    async () => {
      const busy = await world.database.busyConnections();
      return busy === 0 ? undefined : `${busy} connections of the pool are busy`;
    },
};

/** Returns the property of `conns_closed_within_15s`, `goodput_ge_80pct`, `probe_p99_lt_500` and their like. */
export function loadFamily(name: string): Property | undefined {
  for (const [pattern, family] of families) {
    const [whole, ...parts] = pattern.exec(name) ?? [];
    if (whole !== undefined) return family(...parts);
  }
  return undefined;
}

/** By their names. */
const families: readonly (readonly [RegExp, (...parts: string[]) => Property])[] = [
  [
    /^conns_closed_within_(\d+)s$/,
    (seconds) =>
      ofRecord(({ steps }) => {
        const lives = steps.flatMap(({ pressure }) => pressure?.slowClients ?? []);
        const longer = lives.filter((ms) => ms === undefined || ms > Number(seconds) * 1_000).length;
        return longer === 0 ? undefined : `${longer} of ${lives.length} were open for longer`;
      }),
  ],
  [/^(?:probe|ok)_p99_lt_(\d+)$/, (limit) => p99(isAny, Number(limit))],
  [/^p99_ok_lt_(\d+)$/, (limit) => ofLoad(({ figures }) => above("p99 of the good", figures.ok.p99, Number(limit)))],
  [/^B_p99_lt_(\d+)$/, (limit) => p99(({ caller }) => caller === "B", Number(limit))],
  [
    /^shed_fast_lt_(\d+)$/,
    (limit) => ofLoad(({ figures }) => above("p99 of the refused", figures.shed.p99, Number(limit))),
  ],
  [
    /^goodput_ge_(\d+)pct$/,
    (percent) =>
      ofLoad(({ figures, peakPerSecond }) => {
        const perSecond = goodputOf(figures);
        const share = Math.round((100 * perSecond) / peakPerSecond);
        const seen = `${Math.round(perSecond)} good answers a second of ${Math.round(peakPerSecond)} at the peak`;
        return share >= Number(percent) ? undefined : `${seen}: ${share} %`;
      }),
  ],
  [/^rss_back_within_(\d+)pct$/, (percent) => rssBack(Number(percent))],
];

/** Good answers a second. */
export function goodputOf({ ok, seconds }: LoadFigures): number {
  return ok.count / seconds;
}

function ofLoad(problemOf: (load: NonNullable<ReturnType<typeof loadOf>>) => string | undefined): Property {
  return ofRecord((record) => {
    const load = loadOf(record);
    return load === undefined ? "there was no load" : problemOf(load);
  });
}

function loadOf({ steps }: CaseRecord) {
  return steps.findLast(({ pressure }) => pressure?.load)?.pressure?.load;
}

function above(what: string, ms: number, limitMs: number): string | undefined {
  return ms < limitMs ? undefined : `${what} is ${Math.round(ms)} ms`;
}

/** A property of the slowest of a hundred among outcomes of a kind. */
export function p99(belongs: (outcome: Outcome) => boolean, limitMs: number): Property {
  return ofRecord((record) => {
    const sorted = judgedOutcomes(record)
      .filter(belongs)
      .map(({ latencyMs }) => latencyMs)
      .sort((a, b) => a - b);
    if (sorted.length === 0) return "there was none";
    return above("p99", sorted[Math.ceil(sorted.length * 0.99) - 1]!, limitMs);
  });
}

function isAny(): boolean {
  return true;
}

/** How long memory may take to come back. */
const settleMs = 30_000;

/** Memory that was never asked for before is not given back: what is less than this is no growth. */
const smallMib = 32;

function rssBack(percent: number): Property {
  return ({ world }) => {
    const before = world.service.rssMib();
    const most = Math.max(before * (1 + percent / 100), before + smallMib);
    return async () => {
      for (let waitedMs = 0; world.service.rssMib() > most && waitedMs < settleMs; waitedMs += 500) await pause(500);
      const after = world.service.rssMib();
      return after <= most ? undefined : `${Math.round(after)} MiB, ${Math.round(before)} MiB before`;
    };
  };
}
