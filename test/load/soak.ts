/**
 * `npm run -s soak -- --requests 1000000`: sends what many tenants ask for in a day, and watches that nothing is answered
 * wrongly, nothing leaks to another tenant, and memory, files and sockets do not grow; then the canaries. The last line
 * begins with `passed` or `failed`.
 */
import { parseArgs } from "node:util";
import { createDataFolder } from "../process.ts";
import { openCanarySource, sendCanaryRequests } from "./canary.ts";
import { conclude, mib, say, wholeOption } from "./progress.ts";
import { soak } from "./soak-run.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "1000000" },
    tenants: { type: "string", default: "200" },
    canaries: { type: "string", default: "100000" },
  },
});
const requests = wholeOption("requests", values.requests);

const figures = await soak({ requests, tenants: wholeOption("tenants", values.tenants), progress: say });
const canaries = await watchCanaries(Math.min(wholeOption("canaries", values.canaries), requests));

const { growth, windows } = figures;
const last = windows.at(-1)!;
console.log(`
requests     ${figures.requests}, ${figures.perSecond.toFixed(0)} a second
statuses     ${JSON.stringify(figures.statuses)}
memory       ${mib(last.rssBytes)}, ${mib(growth.rssBytes)} (${growth.rssPercent.toFixed(1)} %) more than after a tenth
heap         ${mib(last.heapBytes)} after a collection, ${growth.heapPercent.toFixed(1)} % more
files        ${figures.files.before} before anybody came, ${figures.files.after} when all had left
canaries     ${canaries.requests} requests, ${canaries.leaks} leaks, ${canaries.failures} failures (seed ${canaries.seed})
`);
for (const problem of [...figures.unexpected, ...figures.leaks, ...canaries.problems]) console.log(problem);
conclude(
  {
    ...figures.promises,
    "no canary is seen by another tenant": canaries.leaks === 0,
    "every canary is seen by its own": canaries.failures === 0,
  },
  `${figures.requests} requests and ${canaries.requests} canaries`,
);

async function watchCanaries(count: number): ReturnType<typeof sendCanaryRequests> {
  say(`sending ${count} requests of tenants that differ in nothing but their data`);
  const source = await openCanarySource();
  const folder = createDataFolder();
  try {
    const { url } = await folder.start(source.env);
    return await sendCanaryRequests({ url, token: folder.token, source, requests: count });
  } finally {
    await folder.remove();
    await source.close();
  }
}
