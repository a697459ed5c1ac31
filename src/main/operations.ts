import type { Config } from "../config/config.ts";
import { createReadiness } from "../http/probes.ts";
import type { Log } from "../log/log.ts";
import type { Loads } from "../metrics/load-metrics.ts";
import type { Scrape } from "../metrics/scrape.ts";
import type { State } from "../metrics/state-metrics.ts";
import { createTallies, type Tallies } from "../metrics/tallies.ts";
import { openAdmin } from "./admin.ts";
import { releaseVersion } from "./release-version.ts";

/** What whoever runs the service sees of it on a port of its own. Its disposal closes the port. */
export type Operations = AsyncDisposable & {
  /** Scheme, host and port; undefined where there is none. */
  readonly url: string | undefined;
  /** Where is counted what happens; undefined where nobody can ask for it. */
  readonly tallies: Tallies | undefined;
  /** Has the port tell of a service: until then that is unready, and has no metrics. */
  show(service: { readonly loads: Loads; readonly state: () => Promise<State> }): Promise<void>;
};

/**
 * Opens the port, before anything else, so that a start can be watched. What metrics need is loaded only where there is one,
 * because a start would take longer.
 */
export async function openOperations(
  admin: Config["admin"],
  { isDraining, log }: { readonly isDraining: () => boolean; readonly log: Log },
): Promise<Operations> {
  if (admin === undefined) return noOperations;
  const tallies = createTallies();
  let ready = async (): Promise<State> => ({ ready: false });
  let scrape: Scrape | undefined;
  const port = await openAdmin(admin, { scrape: () => scrape, ready: () => ready(), isDraining, log });
  return {
    url: port.url,
    tallies,
    async show({ loads, state }) {
      ready = createReadiness(state, () => performance.now());
      scrape = await createServiceScrape(tallies, loads, ready);
    },
    [Symbol.asyncDispose]: port.close,
  };
}

const noOperations: Operations = {
  url: undefined,
  tallies: undefined,
  async show() {},
  async [Symbol.asyncDispose]() {},
};

async function createServiceScrape(tallies: Tallies, loads: Loads, state: () => Promise<State>): Promise<Scrape> {
  const [{ createScrape }, { callMetrics }, { loadMetrics }, { stateMetrics }] = await Promise.all([
    import("../metrics/scrape.ts"),
    import("../metrics/call-metrics.ts"),
    import("../metrics/load-metrics.ts"),
    import("../metrics/state-metrics.ts"),
  ]);
  return createScrape([...callMetrics(tallies), ...loadMetrics(loads), ...stateMetrics(state, releaseVersion())]);
}
