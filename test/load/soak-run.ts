import { setTimeout as sleep } from "node:timers/promises";
import { createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { median } from "../../bench/median.ts";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { startLoadProcess } from "./load-process.ts";
import { fdsOf, pin, rssOf } from "./process-figures.ts";
import type { Promises } from "./progress.ts";
import { mixSoak } from "./soak-mix.ts";
import type { LoadFigures } from "./tally.ts";
import { canaryPattern, type LoadTenant, type LoadWorld, startLoadWorld } from "./world.ts";

/** How much is sent. */
export type SoakOptions = {
  readonly requests: number;
  readonly tenants: number;
  readonly progress: (line: string) => void;
};

/** The process as it was after a part of the requests. */
type Window = {
  readonly requests: number;
  readonly rssBytes: number;
  /** After the garbage was collected. */
  readonly heapBytes: number;
};

/** How many files and sockets were open before anybody came, and when all had left. */
type Files = { readonly before: number; readonly after: number };

/** What came of it. */
export type Soak = {
  readonly requests: number;
  readonly perSecond: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly unexpected: readonly string[];
  readonly leaks: readonly string[];
  readonly windows: readonly Window[];
  readonly files: Files;
  readonly growth: { readonly rssBytes: number; readonly rssPercent: number; readonly heapPercent: number };
  readonly promises: Promises;
};

/** So many looks are taken at the process, evenly; the first tenth of them is its youth and does not count. */
const looks = 40;

const concurrency = 24;

/** What the first and the last windows after the youth are compared by: the median of so many of them. */
const compared = 8;

/** Small enough to be full within the first tenth, since a cache that fills is no leak. */
const cacheMaxBytes = 32 * 1024 * 1024;

/** How long the connections of those who have left may stay, and some that the service has in reserve. */
const leaveMs = 90_000;
const reserve = 8;

/** Sends so many requests to a service, and watches what it takes. */
export async function soak({ requests, tenants, progress }: SoakOptions): Promise<Soak> {
  progress(`starting the service with ${tenants} tenants`);
  const probe = `--import ${new URL("heap-probe.ts", import.meta.url)}`;
  const world = await startLoadWorld(tenants, { NODE_OPTIONS: probe, CACHE_MAX_BYTES: `${cacheMaxBytes}` });
  const client = startLoadProcess();
  const others = startOthers(world);
  try {
    pin(client.pid, 1);
    pin(world.pid, 0);
    const before = fdsOf(world.pid);
    const windows: Window[] = [];
    const parts: LoadFigures[] = [];
    const mix = mixSoak(world.tenants);
    const startMs = performance.now();
    let sent = 0;
    while (sent < requests) {
      const count = Math.ceil(Math.min(requests - sent, requests / looks));
      const at = sent % mix.length;
      const load = { url: world.url, requests: [...mix.slice(at), ...mix.slice(0, at)], canaries: canaryPattern };
      const part = await client.closed({ ...load, concurrency, count, connections: concurrency });
      sent += part.sent;
      parts.push(part);
      windows.push({ requests: sent, ...(await lookAt(world)) });
      const { rssBytes, heapBytes } = windows.at(-1)!;
      const perSecond = Math.round(sent / ((performance.now() - startMs) / 1000));
      progress(`${sent} sent, ${perSecond}/s, ${toMib(rssBytes)} MiB, heap ${toMib(heapBytes)} MiB`);
    }
    const perSecond = sent / ((performance.now() - startMs) / 1000);
    const rest = await others.end();
    progress("waiting for all to have left");
    const files = { before, after: await countFewest(world.pid, before + reserve) };
    return judge({ requests: sent + rest.sent, perSecond, parts, others: rest, windows, files });
  } finally {
    await others.end();
    client.end();
    await world.close();
  }
}

/** Returns how many files and sockets are open once they are as few as `enough`, or after a while. */
async function countFewest(pid: number, enough: number): Promise<number> {
  const endMs = performance.now() + leaveMs;
  while (fdsOf(pid) > enough && performance.now() < endMs) await sleep(1_000);
  return fdsOf(pid);
}

type Seen = Pick<Soak, "requests" | "perSecond" | "windows" | "files"> & {
  readonly parts: readonly LoadFigures[];
  readonly others: Others;
};

function judge({ requests, perSecond, parts, others, windows, files }: Seen): Soak {
  const statuses: Record<string, number> = { ...others.statuses };
  for (const part of parts) {
    for (const [status, count] of Object.entries(part.statuses)) statuses[status] = (statuses[status] ?? 0) + count;
  }
  const unexpected = [...parts.flatMap((part) => part.unexpected), ...others.problems];
  const leaks = [...parts.flatMap((part) => part.leaks), ...others.leaks];
  const grown = windows.slice(Math.ceil(windows.length / 10));
  const [first, last] = [grown.slice(0, compared), grown.slice(-compared)];
  const change = (of: (window: Window) => number) => [median(first.map(of)), median(last.map(of))] as const;
  const [rssBefore, rssAfter] = change(({ rssBytes }) => rssBytes);
  const [heapBefore, heapAfter] = change(({ heapBytes }) => heapBytes);
  const growth = {
    rssBytes: rssAfter - rssBefore,
    rssPercent: (rssAfter / rssBefore - 1) * 100,
    heapPercent: (heapAfter / heapBefore - 1) * 100,
  };
  return {
    ...{ requests, perSecond, statuses, unexpected, leaks, windows, files, growth },
    promises: {
      "every answer is the expected one": unexpected.length === 0,
      "no tenant sees another's": leaks.length === 0,
      "memory grows by less than 5 % and 20 MiB": growth.rssPercent < 5 && growth.rssBytes < 20 * 1024 * 1024,
      "the heap grows by less than 2 %": growth.heapPercent < 2,
      "as many files and sockets are open": files.after <= files.before + reserve,
    },
  };
}

/** Waits for the answer of `heap-probe.ts`. */
async function lookAt(world: LoadWorld): Promise<Omit<Window, "requests">> {
  const heaps = () => [...world.output().matchAll(/^heap (\d+)$/gm)].map(([, bytes]) => Number(bytes));
  const before = heaps().length;
  const rssBytes = rssOf(world.pid);
  world.signal("SIGUSR2");
  while (heaps().length === before) await sleep(20);
  return { rssBytes, heapBytes: heaps().at(-1)! };
}

type Others = {
  readonly sent: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
  readonly leaks: readonly string[];
};

/** Renders by gRPC and by Connect over HTTP/2 meanwhile, one after the other. */
function startOthers({ url, tenants }: LoadWorld): { end(): Promise<Others> } {
  const transports: readonly Transport[] = [
    createGrpcTransport({ baseUrl: url }),
    createConnectTransport({ baseUrl: url, httpVersion: "2" }),
  ];
  const clients = transports.map((transport) => createClient(DashboardsService, transport));
  const problems: string[] = [];
  const leaks: string[] = [];
  let [going, sent] = [true, 0];
  const one = async ({ token, canary }: LoadTenant, at: number) => {
    const headers = { authorization: `Bearer ${token}` };
    const { html } = await clients[at % clients.length]!.render({ dashboardId: "board" }, { headers });
    const foreign = (html.match(new RegExp(canaryPattern, "g")) ?? []).filter((found) => found !== canary);
    if (foreign.length > 0) leaks.push(`gRPC of ${canary} held ${foreign[0]}`);
  };
  const done = (async () => {
    while (going) {
      await one(tenants[sent % tenants.length]!, sent).catch((error: Error) => problems.push(`gRPC: ${error.message}`));
      sent += 1;
      await sleep(10);
    }
  })();
  return {
    async end() {
      going = false;
      await done;
      return { sent, statuses: { "by gRPC and h2": sent }, problems: problems.slice(0, 5), leaks: leaks.slice(0, 5) };
    },
  };
}

function toMib(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
