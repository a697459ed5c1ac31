import { join } from "node:path";
import { offerClosedLoad } from "../test/load/open-loop.ts";
import type { LoadRequest } from "../test/load/sender.ts";
import { noRedis, startRedis } from "../test/redis/server.ts";
import { timeEach } from "./at-once.ts";
import { type BenchService, startServiceWith } from "./bench-service.ts";
import { type Benchmark, costAtMost, type Round } from "./benchmark.ts";
import { post } from "./post.ts";
import { renderOf, saltedBoard } from "./salted-board.ts";
import { openStoreServer } from "./store-server.ts";

const tenants = 300;

/** Of each tenant's page of a round: the first is drawn, and with two replicas one more comes from Redis. */
const asksOfPage = 10;

const atOnce = 8;
const rounds = 7;
const warmUpLoads = 2;

/**
 * Two replicas on one PostgreSQL and one Redis, to which requests go by turns, beside one replica on the same two: how
 * much CPU their processes take for a request, all together. Each has the load of its own pages, one in ten drawn anew.
 * Every other round begins with the other side.
 */
export const benchmark: Benchmark = {
  name: "processes",
  about: "two replicas on one PostgreSQL and Redis, pages of 300 tenants, one request in ten fresh, beside one replica",
  unit: "us of CPU a request",
  goal: costAtMost(1.1),
  run,
};

async function run(progress: (line: string) => void): Promise<readonly Round[]> {
  if (noRedis !== undefined) throw new Error(`this benchmark needs Redis: ${noRedis}`);
  await using opened = new AsyncDisposableStack();
  const server = await openStoreServer();
  opened.defer(server.close);
  const { url, ownerUrl } = await server.createDatabase("replicas");
  const redis = await startRedis();
  opened.defer(redis.close);
  const start = async (env: Record<string, string>) => {
    const service = await startServiceWith({
      ...{ DATABASE_URL: url, DATABASE_MIGRATE_URL: ownerUrl },
      // Replicas have the same keys, and pages with the same links.
      ...{ DATA_DIR: join(server.folder, "service"), PUBLIC_URL: "https://dashboards.example", ...env },
    });
    opened.defer(service.end);
    return service;
  };
  const shared = { REDIS_URL: redis.url };
  const sides = {
    "one without Redis": [await start({})],
    one: [await start(shared)],
    two: [await start(shared), await start(shared)],
  };
  const tokens = await prepareTenants(sides.one[0]!);
  // Each process has whole loads by itself, gently: whoever is cold refuses some of what comes all at once.
  for (const [at, service] of Object.values(sides).flat().entries()) {
    for (let load = 0; load < warmUpLoads; load += 1) {
      await costOf({ services: [service], tokens, salt: `warm ${at} ${load}`, concurrency: 2 });
    }
  }
  const took: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const cost: Record<string, number> = {};
    const inOrder = Object.entries(sides);
    for (const [side, services] of round % 2 === 0 ? inOrder : inOrder.toReversed()) {
      const concurrency = atOnce / services.length;
      cost[side] = await costOf({ services, tokens, salt: `${side} ${round}`, concurrency });
    }
    took.push({ ours: cost.two!, reference: cost.one! });
    const costs = Object.entries(cost).map(([side, us]) => `${side}: ${us.toFixed(0)} us`);
    progress(costs.join(", "));
  }
  return took;
}

/** Saves each tenant's board; returns their tokens, which all of the replicas take. */
async function prepareTenants({ api, tokenOf }: BenchService): Promise<readonly string[]> {
  const tokens: string[] = [];
  await timeEach(tenants, 8, async (at) => {
    const token = await tokenOf(`tenant-${at}`);
    await post(`${api}/definitions`, token, saltedBoard(at));
    tokens[at] = token;
  });
  return tokens;
}

type Offer = {
  readonly services: readonly BenchService[];
  readonly tokens: readonly string[];
  /** That no other load of theirs has. */
  readonly salt: string;
  /** Requests at once to each of them. */
  readonly concurrency: number;
};

/** Offers the load to all of the services at once, and returns how much CPU they took for a request. */
async function costOf({ services, tokens, salt, concurrency }: Offer): Promise<number> {
  const cpuUs = async () => (await Promise.all(services.map((each) => each.cpuUs()))).reduce((sum, us) => sum + us, 0);
  const startUs = await cpuUs();
  await Promise.all(
    services.map(async ({ api, url }, at) => {
      const requests = requestsTo(at, services.length, new URL(api).pathname, tokens, salt);
      const load = { url, requests, count: requests.length, concurrency, connections: concurrency };
      const { unexpected } = await offerClosedLoad(load);
      if (unexpected.length > 0) throw new Error(`not every page came: ${unexpected[0]}`);
    }),
  );
  return ((await cpuUs()) - startUs) / (tokens.length * asksOfPage);
}

/** Pages are asked for in turn, tenant by tenant, and each goes to the next replica than the time before. */
function requestsTo(
  replica: number,
  replicas: number,
  path: string,
  tokens: readonly string[],
  salt: string,
): readonly LoadRequest[] {
  const body = renderOf(salt);
  return Array.from({ length: asksOfPage }, (_, ask) =>
    tokens
      .filter((_, tenant) => (tenant + ask) % replicas === replica)
      .map((token): LoadRequest => {
        const headers = {
          ...{ authorization: `Bearer ${token}`, "content-type": "application/json" },
          "accept-encoding": "gzip",
        };
        return { method: "POST", path: `${path}/render`, headers, body };
      }),
  ).flat();
}
