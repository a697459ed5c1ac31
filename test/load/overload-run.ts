import { setTimeout as sleep } from "node:timers/promises";
import type { LoadProcess } from "./load-process.ts";
import type { Load } from "./open-loop.ts";
import { cpuMsOf, rssOf } from "./process-figures.ts";
import type { Promises } from "./progress.ts";
import type { LoadFigures } from "./tally.ts";
import { canaryPattern, type LoadWorld, mixRequests } from "./world.ts";

/** How long and how hard. */
export type OverloadOptions = {
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

/** What came of it. */
export type Overload = {
  readonly peakPerSecond: number;
  readonly offeredPerSecond: number;
  readonly goodputPercent: number;
  /** The same by what each second of the service's CPU time gave, which other work on the machine changes less. */
  readonly perCpuPercent: number;
  readonly load: LoadFigures;
  readonly probes: { readonly count: number; readonly failed: number; readonly p99: number };
  /** `afterSeconds` is the first second from which on all was well, undefined where there is none. */
  readonly recovery: { readonly afterSeconds: number | undefined; readonly load: LoadFigures };
  readonly rssBytes: { readonly before: number; readonly after: number };
  readonly promises: Promises;
};

/** More than what waits at once, and less than half of what the service takes: those of the load before may close. */
const connections = 480;

/** Finds a service's peak, offers it the multiple of that, and lets it recover. */
export async function overload(world: LoadWorld, client: LoadProcess, options: OverloadOptions): Promise<Overload> {
  const { seconds, multiple, recoverySeconds, progress } = options;
  const load = { url: world.url, requests: mixRequests(world.tenants), connections };
  const { peakPerSecond, peakPerCpuMs } = await findPeak(load, world.pid, client, options);
  const offeredPerSecond = Math.round(peakPerSecond * multiple);
  const before = rssOf(world.pid);
  progress(`offering ${offeredPerSecond} a second for ${seconds} s`);
  const probing = probe(world.url);
  const watched = { ...load, canaries: canaryPattern };
  const startCpuMs = cpuMsOf(world.pid);
  const offered = await client.open({ ...watched, seconds, perSecond: offeredPerSecond });
  const perCpuPercent = (offered.ok.count * 100) / (cpuMsOf(world.pid) - startCpuMs) / peakPerCpuMs;
  const probes = await probing.end();
  const half = Math.round(peakPerSecond / 2);
  progress(`offering ${half} a second for ${recoverySeconds} s`);
  const after = await client.open({ ...watched, seconds: recoverySeconds, perSecond: half });
  const afterSeconds = recoveredAfter(after, half, recoverySeconds);
  const goodputPercent = ((offered.ok.count / seconds) * 100) / peakPerSecond;
  const expected = new Set(["200", "503"]);
  return {
    ...{ peakPerSecond, offeredPerSecond, goodputPercent, perCpuPercent, load: offered, probes },
    recovery: { afterSeconds, load: after },
    rssBytes: { before, after: rssOf(world.pid) },
    promises: {
      "the client keeps its schedule, or all else is void": offered.late.p99 < 50,
      "goodput is at least 80 % of the peak": goodputPercent >= 80,
      "of what is accepted the p99 is below 1 s": offered.ok.p99 < 1_000,
      "of what is shed the p99 is below 50 ms": offered.shed.count > 0 && offered.shed.p99 < 50,
      "all is answered, with 200 or 503": Object.keys(offered.statuses).every((status) => expected.has(status)),
      "all that is shed is told when to come back": offered.withoutRetryAfter === 0,
      "probes are answered": probes.count > 0 && probes.failed === 0,
      "no tenant sees another's": offered.leakCount + after.leakCount === 0,
      "all is well soon": afterSeconds !== undefined,
    },
  };
}

async function findPeak(
  load: Load,
  pid: number,
  client: LoadProcess,
  options: OverloadOptions,
): Promise<{ readonly peakPerSecond: number; readonly peakPerCpuMs: number }> {
  const { warmUpSeconds, stepSeconds, steps, progress } = options;
  progress("warming up");
  await client.closed({ ...load, concurrency: steps[0]!, seconds: warmUpSeconds });
  let [peakPerSecond, peakPerCpuMs] = [0, 0];
  for (const concurrency of steps) {
    const startCpuMs = cpuMsOf(pid);
    const { ok } = await client.closed({ ...load, concurrency, seconds: stepSeconds });
    const perSecond = ok.count / stepSeconds;
    progress(`${concurrency} at once: ${perSecond.toFixed(0)} a second, p99 ${ok.p99.toFixed(0)} ms`);
    peakPerSecond = Math.max(peakPerSecond, perSecond);
    peakPerCpuMs = Math.max(peakPerCpuMs, ok.count / (cpuMsOf(pid) - startCpuMs));
  }
  return { peakPerSecond, peakPerCpuMs };
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
