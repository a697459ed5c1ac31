import { judgedOutcomes } from "../record.ts";
import type { Scope } from "../scope.ts";
import { renderBenign } from "./benign.ts";
import { ofRecord, type Properties, type Property } from "./property.ts";

/** Properties of time and memory, and of being there at all. */
export const measureProperties: Properties = {
  alive:
    ({ world }) =>
    async () => {
      if (!world.service.isRunning()) return "the process is gone";
      const startedAt = performance.now();
      await renderBenign(world);
      const tookMs = Math.round(performance.now() - startedAt);
      return tookMs < 1_000 ? undefined : `a benign render took ${tookMs} ms`;
    },
  process_not_restarted: ({ world }) => {
    const { pid } = world.service;
    return () => (world.service.isRunning() && world.service.pid === pid ? undefined : "the process is gone");
  },
  no_hang: ofRecord((record) =>
    judgedOutcomes(record).every(({ response, closed }) => response !== undefined || closed) ? undefined : "it hangs",
  ),
  closed_or_4xx: ofRecord((record) => {
    const { response, closed } = judgedOutcomes(record).at(-1)!;
    if (response === undefined) return closed ? undefined : "neither an answer nor a close";
    return response.status >= 400 && response.status < 500 ? undefined : `status ${response.status}`;
  }),
  one_response_only: ofRecord((record) => {
    const { responses } = judgedOutcomes(record).at(-1)!;
    return responses === 1 ? undefined : `${responses} responses`;
  }),
  timing_indistinct: ofRecord(({ steps }) => {
    const { aMs, bMs } = steps.findLast(({ pair }) => pair !== undefined)!.pair!;
    const apartMs = Math.abs(median(aMs) - median(bMs));
    // A probability of 0.001 alone would fail a thousandth of all runs.
    return apartMs < 5 && (mannWhitneyP(aMs, bMs) > 0.001 || apartMs < 0.1)
      ? undefined
      : `medians are ${apartMs} ms apart`;
  }),
};

/** Returns the property of a family such as `lat_lt_500`, undefined if there is none of that name. */
export function measureFamily(name: string): Property | undefined {
  if (name === "p99_lt_200_when_open") return latencyBelow(200, 0.99, untilOpen);
  const [, kind, limit] = /^(lat_lt|rss_lt|p99_lt)_(\d+)$/.exec(name) ?? [];
  if (kind === "lat_lt") return latencyBelow(Number(limit), 1);
  if (kind === "p99_lt") return latencyBelow(Number(limit), 0.99);
  return kind === "rss_lt"
    ? growthBelow(Number(limit), "memory", async (scope) => scope.world.service.rssMib())
    : undefined;
}

/** Returns the property of `disk_lt_256MB` and its like. */
export function diskFamily(name: string): Property | undefined {
  const limit = /^disk_lt_(\d+)MB$/.exec(name)?.[1];
  return limit === undefined ? undefined : diskGrowthBelow(Number(limit));
}

/** As many requests as may still reach an upstream that fails. From then on its circuit is open. */
const untilOpen = 30;

function latencyBelow(limitMs: number, quantile: number, passedOver = 0): Property {
  return ofRecord((record) => {
    const sorted = judgedOutcomes(record)
      .slice(passedOver)
      .map(({ latencyMs }) => latencyMs)
      .sort((a, b) => a - b);
    const found = sorted[Math.ceil(sorted.length * quantile) - 1]!;
    return found < limitMs ? undefined : `took ${Math.round(found)} ms`;
  });
}

const sampleMs = 100;

function growthBelow(limitMib: number, of: string, measureMib: (scope: Scope) => Promise<number>): Property {
  return async (scope) => {
    const before = await measureMib(scope);
    let most = before;
    const look = async () => {
      most = Math.max(most, await measureMib(scope));
    };
    // A case that breaks off is not judged: nothing may wait for that.
    const timer = setInterval(() => look().catch(() => {}), sampleMs).unref();
    return async () => {
      clearInterval(timer);
      await look();
      const grownMib = Math.round(most - before);
      return grownMib < limitMib ? undefined : `${of} grew by ${grownMib} MiB`;
    };
  };
}

function diskGrowthBelow(limitMb: number): Property {
  return growthBelow((limitMb * 1e6) / 2 ** 20, "what is on disk", async ({ world }) => {
    if (world.around === undefined) throw new Error("this world does not see its disk");
    return (await world.around.diskBytes()) / 2 ** 20;
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** The two-sided probability that two samples come from one distribution, by the normal approximation. */
function mannWhitneyP(a: readonly number[], b: readonly number[]): number {
  const ranked = [...a.map((value) => ({ value, ofA: true })), ...b.map((value) => ({ value, ofA: false }))];
  ranked.sort((x, y) => x.value - y.value);
  const rankSum = ranked.reduce((sum, { ofA }, index) => sum + (ofA ? index + 1 : 0), 0);
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const mean = (a.length * b.length) / 2;
  const deviation = Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
  return 2 * (1 - normalBelow(Math.abs(u - mean) / deviation));
}

/** The standard normal distribution function, by Zelen and Severo (Abramowitz and Stegun, 26.2.17). */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}
