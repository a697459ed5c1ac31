/**
 * `npm run -s overload -- --seconds 60 --multiple 3`: finds out how much the service can do and offers it several times as
 * much on schedule, time and again, and then half as much, to see it recover. The last line begins with `passed` or `failed`.
 */
import { parseArgs } from "node:util";
import { median } from "../../bench/median.ts";
import { startLoadProcess } from "./load-process.ts";
import { type Overload, type OverloadRound, overload } from "./overload-run.ts";
import { pin } from "./process-figures.ts";
import { conclude, mib, say, wholeOption } from "./progress.ts";
import { startLoadWorld } from "./world.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    multiple: { type: "string", default: "3" },
    tenants: { type: "string", default: "300" },
  },
});

const seconds = wholeOption("seconds", values.seconds);
const multiple = wholeOption("multiple", values.multiple);
const tenants = wholeOption("tenants", values.tenants);
const stepSeconds = Math.max(3, Math.min(6, Math.round(seconds / 10)));

say(`starting the service with ${tenants} tenants`);
const world = await startLoadWorld(tenants);
const client = startLoadProcess();
try {
  // The service has what it has in use: its garbage is collected by threads beside the one that answers.
  pin(client.pid, 1);
  const steps = [16, 32, 64];
  const times = { seconds, warmUpSeconds: 2 * stepSeconds, stepSeconds, recoverySeconds: 10 };
  const figures = await overload(world, client, { multiple, steps, ...times, progress: say });
  print(figures);
  const goodput = median(figures.rounds.map(({ goodputPercent }) => goodputPercent));
  conclude(figures.promises, `${goodput.toFixed(0)} % of the peak at ${multiple} times as much`);
} finally {
  client.end();
  await world.close();
}

function print({ rounds, probes, recovery, rssBytes }: Overload): void {
  const spread = (of: (round: OverloadRound) => number, unit: string) => {
    const all = rounds.map(of);
    return `${median(all).toFixed(0)} ${unit} (${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)})`;
  };
  const sum = (of: (round: OverloadRound) => number) => rounds.reduce((all, round) => all + of(round), 0);
  console.log(`
medians of ${rounds.length} rounds, and from the least to the most
peak         ${spread(({ peakPerSecond }) => peakPerSecond, "answers a second")}
offered      ${spread(({ load }) => load.sent / load.seconds, "a second")}, for ${sum(({ load }) => load.seconds)} s in all
goodput      ${spread(({ goodputPercent }) => goodputPercent, "% of the peak")}; ${spread(({ perCpuPercent }) => perCpuPercent, "% by CPU time")}
accepted     ${sum(({ load }) => load.ok.count)}, p50 ${spread(({ load }) => load.ok.p50, "ms")}, p99 ${spread(({ load }) => load.ok.p99, "ms")}
shed         ${sum(({ load }) => load.shed.count)}, p50 ${spread(({ load }) => load.shed.p50, "ms")}, p99 ${spread(({ load }) => load.shed.p99, "ms")}
client       p99 ${spread(({ load }) => load.late.p99, "ms")} behind its schedule
statuses     ${[...new Set(rounds.flatMap(({ load }) => Object.keys(load.statuses)))].join(", ")}
probes       ${probes.count} of /healthz meanwhile, p99 ${probes.p99.toFixed(0)} ms: the lag of the event loop
memory       ${mib(rssBytes.before)} before, ${mib(rssBytes.after)} after
recovered    ${recovery.afterSeconds === undefined ? "no" : `within ${recovery.afterSeconds + 1} s`}
`);
}
