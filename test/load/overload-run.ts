import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../../bench/median.ts";
import type { LoadProcess } from "./load-process.ts";
import type { Load } from "./open-loop.ts";
import { cpuMsOf, rssOf } from "./process-figures.ts";
import type { Promises } from "./progress.ts";
import type { LoadFigures } from "./tally.ts";
import { canaryPattern, type LoadWorld, mixRequests } from "./world.ts";

/** How long and how hard. */
export type OverloadOptions = {
  /** For how long more is offered than can be done, in rounds of some seconds between which the peak is measured. */
  readonly seconds: number;
  /** How many times the measured peak is offered. */
  readonly multiple: number;
  /** How long the service is warmed up, and then watched at each step on the way to its peak. */
  readonly warmUpSeconds: number;
  readonly stepSeconds: number;
  /** How many requests are under way at once in each step: too few leave the service idle, too many only queue. */
  readonly steps: readonly number[];
  readonly recoverySeconds: number;
  readonly progress: (line: string) => void;
};

/** A peak, and what came of the multiple of it right after. */
export type OverloadRound = {
  readonly peakPerSecond: number;
  readonly goodputPercent: number;
  /** The same by what each second of the service's CPU time gave. */
  readonly perCpuPercent: number;
  readonly load: LoadFigures;
};

/** What came of it. */
export type Overload = {
  readonly rounds: readonly OverloadRound[];
  readonly probes: { readonly count: number; readonly failed: number; readonly p99: number };
  /** `afterSeconds` is the first second from which on all was well, undefined where there is none. */
  readonly recovery: { readonly afterSeconds: number | undefined; readonly load: LoadFigures };
  readonly rssBytes: { readonly before: number; readonly after: number };
  readonly promises: Promises;
};

/** More than what waits at once, and less than half of what the service takes: those of the load before may close. */
const connections = 480;

/** Long enough to tell how the service stands it, short enough for the machine to be as fast as when the peak was measured. */
const roundSeconds = 10;

/** Finds a service's peak, offers it the multiple of that, time and again, and lets it recover. */
export async function overload(world: LoadWorld, client: LoadProcess, options: OverloadOptions): Promise<Overload> {
  const { seconds, multiple, recoverySeconds, progress } = options;
  const load = { url: world.url, requests: mixRequests(world.tenants), connections };
  const concurrency = await findConcurrency(load, client, options);
  const before = rssOf(world.pid);
  const watched = { ...load, canaries: canaryPattern };
  const probing = probe(world.url);
  const rounds: OverloadRound[] = [];
  const count = Math.max(1, Math.round(seconds / roundSeconds));
  while (rounds.length < count) {
    const { perSecond, perCpuMs } = await measurePeak({ ...load, concurrency }, world.pid, client, options);
    const offered = Math.round(perSecond * multiple);
    const startCpuMs = cpuMsOf(world.pid);
    const figures = await client.open({ ...watched, seconds: seconds / count, perSecond: offered });
    const nowPerCpuMs = figures.ok.count / (cpuMsOf(world.pid) - startCpuMs);
    rounds.push({
      peakPerSecond: perSecond,
      goodputPercent: (figures.ok.count / figures.seconds / perSecond) * 100,
      perCpuPercent: (nowPerCpuMs / perCpuMs) * 100,
      load: figures,
    });
    progress(tellRound(rounds.at(-1)!));
  }
  const probes = await probing.end();
  const half = Math.round(median(rounds.map(({ peakPerSecond }) => peakPerSecond)) / 2);
  progress(`offering ${half} a second for ${recoverySeconds} s`);
  const after = await client.open({ ...watched, seconds: recoverySeconds, perSecond: half });
  const afterSeconds = recoveredAfter(after, half, recoverySeconds);
  return {
    ...{ rounds, probes, recovery: { afterSeconds, load: after } },
    rssBytes: { before, after: rssOf(world.pid) },
    promises: {
      ...promisesOf(rounds),
      "probes are answered": probes.count > 0 && probes.failed === 0,
      "no tenant sees another's": [after, ...rounds.map((round) => round.load)].every(
        ({ leakCount }) => leakCount === 0,
      ),
      "all is well soon": afterSeconds !== undefined,
    },
  };
}

/** How fast is for the median of the rounds: the machine is not the same in each. All else is for every one. */
function promisesOf(rounds: readonly OverloadRound[]): Promises {
  const loads = rounds.map(({ load }) => load);
  const medianOf = (of: (load: LoadFigures) => number) => median(loads.map(of));
  const shedding = loads.filter(({ shed }) => shed.count > 0);
  const expected = new Set(["200", "503"]);
  return {
    "the client keeps its schedule, or all else is void": medianOf(({ late }) => late.p99) < 50,
    "goodput is at least 80 % of the peak": median(rounds.map(({ goodputPercent }) => goodputPercent)) >= 80,
    "of what is accepted the p99 is below 1 s": medianOf(({ ok }) => ok.p99) < 1_000,
    "of what is shed the p99 is below 50 ms": shedding.length > 0 && median(shedding.map(({ shed }) => shed.p99)) < 50,
    "all is answered, with 200 or 503": loads.every(({ statuses }) =>
      Object.keys(statuses).every((at) => expected.has(at)),
    ),
    "all that is shed is told when to come back": loads.every(({ withoutRetryAfter }) => withoutRetryAfter === 0),
  };
}

function tellRound({ peakPerSecond, goodputPercent, load: { ok, shed, seconds } }: OverloadRound): string {
  const perSecond = (count: number) => (count / seconds).toFixed(0);
  return [
    `peak ${peakPerSecond.toFixed(0)} a second; then ${perSecond(ok.count)} answered, ${goodputPercent.toFixed(0)} % of it`,
    `p99 ${ok.p99.toFixed(0)} ms, and ${perSecond(shed.count)} shed, p99 ${shed.p99.toFixed(0)} ms`,
  ].join(", ");
}

async function findConcurrency(load: Load, client: LoadProcess, options: OverloadOptions): Promise<number> {
  const { warmUpSeconds, stepSeconds, steps, progress } = options;
  progress("warming up");
  await client.closed({ ...load, concurrency: steps[0]!, seconds: warmUpSeconds });
  let best = { concurrency: 0, perSecond: 0 };
  for (const concurrency of steps) {
    const { ok } = await client.closed({ ...load, concurrency, seconds: stepSeconds });
    const perSecond = ok.count / stepSeconds;
    progress(`${concurrency} at once: ${perSecond.toFixed(0)} a second, p99 ${ok.p99.toFixed(0)} ms`);
    if (perSecond > best.perSecond) best = { concurrency, perSecond };
  }
  return best.concurrency;
}

async function measurePeak(
  load: Load & { readonly concurrency: number },
  pid: number,
  client: LoadProcess,
  { stepSeconds }: OverloadOptions,
): Promise<{ readonly perSecond: number; readonly perCpuMs: number }> {
  const startCpuMs = cpuMsOf(pid);
  const { ok } = await client.closed({ ...load, seconds: stepSeconds });
  return { perSecond: ok.count / stepSeconds, perCpuMs: ok.count / (cpuMsOf(pid) - startCpuMs) };
}

/** Whoever asks whether the process runs must hear of it whatever else goes on. */
function probe(url: string): { end(): Promise<Overload["probes"]> } {
  const took: number[] = [];
  let [going, failed] = [true, 0];
  const done = (async () => {
    while (going) {
      const startMs = performance.now();
      const answer = await fetch(`${url}/healthz`).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.status !== 200) failed += 1;
      took.push(performance.now() - startMs);
      await sleep(100);
    }
  })();
  return {
    async end() {
      going = false;
      await done;
      const p99 = took.toSorted((a, b) => a - b)[Math.ceil(took.length * 0.99) - 1] ?? 0;
      return { count: took.length, failed, p99 };
    },
  };
}

/** A second is well in which nearly all that was due was answered, and soon. */
function recoveredAfter(
  { goodput, goodputP99 }: LoadFigures,
  perSecond: number,
  recoverySeconds: number,
): number | undefined {
  const isWell = (second: number) => goodput[second]! >= perSecond * 0.97 && goodputP99[second]! < 500;
  const lastIll = goodput.findLastIndex((_, second) => !isWell(second));
  return lastIll + 1 < recoverySeconds ? lastIll + 1 : undefined;
}
