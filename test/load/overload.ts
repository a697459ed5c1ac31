/**
 * `npm run -s overload -- --seconds 60 --multiple 3`: finds out how much the service can do, offers it several times as
 * much on schedule for a time, and then half as much, to see it recover. The last line begins with `passed` or `failed`.
 */
import { parseArgs } from "node:util";
import { startLoadProcess } from "./load-process.ts";
import { type Overload, overload } from "./overload-run.ts";
import { pin } from "./process-figures.ts";
import { conclude, mib, say, tell, wholeOption } from "./progress.ts";
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
const stepSeconds = Math.max(3, Math.min(10, Math.round(seconds / 6)));

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
  conclude(figures.promises, `${figures.goodputPercent.toFixed(0)} % of the peak at ${multiple} times as much`);
} finally {
  client.end();
  await world.close();
}

function print(figures: Overload): void {
  const { peakPerSecond, offeredPerSecond, goodputPercent, perCpuPercent, load, probes, recovery, rssBytes } = figures;
  console.log(`
peak         ${peakPerSecond.toFixed(0)} answers a second
offered      ${offeredPerSecond.toFixed(0)} a second for ${load.seconds} s
goodput      ${(load.ok.count / load.seconds).toFixed(0)} a second, ${goodputPercent.toFixed(1)} % of the peak; ${perCpuPercent.toFixed(1)} % by CPU time
accepted     ${tell(load.ok)}
shed         ${tell(load.shed)}
client       p99 ${load.late.p99.toFixed(0)} ms behind its schedule
statuses     ${JSON.stringify(load.statuses)}
probes       ${probes.count} of /healthz meanwhile, p99 ${probes.p99.toFixed(0)} ms: the lag of the event loop
goodput/s    ${load.goodput.join(" ")}
memory       ${mib(rssBytes.before)} before, ${mib(rssBytes.after)} after
recovered    ${recovery.afterSeconds === undefined ? "no" : `within ${recovery.afterSeconds + 1} s`}
`);
}
