import { createLog } from "../src/log/log.ts";
import { openStore, type Store } from "../src/store/store.ts";
import { p99, timeEach } from "./at-once.ts";
import type { Round } from "./benchmark.ts";
import { type Population, populate } from "./population.ts";
import { openStoreServer, type StoreServer } from "./store-server.ts";

/** A store of many definitions, any of which can be asked for by its place. */
type ScaledStore = Population & { readonly store: Store };

/** What is done to one of them. */
export type ScaledWork = (scaled: ScaledStore, at: number) => Promise<unknown>;

/** Ten dashboards a tenant in both, so that what depends on one tenant's is the same. */
const populations = {
  large: { tenants: 100_000, dashboards: 10 },
  small: { tenants: 100, dashboards: 10 },
} as const;

/** As many as the small store has definitions: a round comes to each of them once. */
const worksARound = 1_000;
const atOnce = 2;
const rounds = 21;
const warmUpRounds = 8;

/** A prime: a store is walked in no order that its pages are in, and nothing twice in a round; in the large, never. */
const step = 611_953;

/**
 * Does the work to a million definitions of 100,000 tenants, and to a thousand of 100, each the only one of its round;
 * returns the p99 in microseconds. The stores are databases of one server, filled by SQL, vacuumed and analyzed.
 */
export async function measureAtScale(work: ScaledWork, progress: (line: string) => void): Promise<readonly Round[]> {
  const server = await openStoreServer();
  try {
    await using opened = new AsyncDisposableStack();
    const open = async (name: keyof typeof populations) => {
      const scaled = await openScaled(server, name, progress);
      opened.defer(scaled.store.close);
      return scaled;
    };
    const [large, small] = [await open("large"), await open("small")];
    const took: Round[] = [];
    for (let round = 0; round < warmUpRounds + rounds; round += 1) {
      const ours = await slowest(large, round, work);
      const reference = await slowest(small, round, work);
      if (round < warmUpRounds) continue;
      took.push({ ours, reference });
      progress(`p99 ${ours.toFixed(0)} us of a million, ${reference.toFixed(0)} us of a thousand`);
    }
    return took;
  } finally {
    await server.close();
  }
}

async function openScaled(
  server: StoreServer,
  name: keyof typeof populations,
  progress: (line: string) => void,
): Promise<ScaledStore> {
  const { url, ownerUrl, superuserUrl } = await server.createDatabase(name);
  const { tenants, dashboards } = populations[name];
  progress(`filling a store with ${tenants * dashboards} definitions of ${tenants} tenants`);
  const population = await populate(superuserUrl, tenants, dashboards);
  const log = createLog("silent");
  const store = await openStore({ url, migrateUrl: ownerUrl, dataDir: "", prepare: true, log });
  return { ...population, store };
}

async function slowest(scaled: ScaledStore, round: number, work: ScaledWork): Promise<number> {
  const first = round * worksARound;
  return p99(await timeEach(worksARound, atOnce, (at) => work(scaled, ((first + at) * step) % scaled.count))) * 1_000;
}
