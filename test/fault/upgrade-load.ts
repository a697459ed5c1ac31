import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "@bufbuild/protobuf";
import { type Caller, succeed } from "./api.ts";
import type { Fleet } from "./fleet.ts";

/** Reads and publications, as many at a time as there are kinds of them. */
export type UpgradeLoad = {
  /** Goes on until it is told to end. Rejects with what did not come out as it must. */
  run(ending: AbortSignal): Promise<void>;
  /** How often each kind of work was done. */
  readonly counts: Readonly<Record<"renders" | "links" | "publications", number>>;
};

/** How long each client thinks between two calls: what an upgrade does is to be seen, and not a full machine. */
const thinkMs = 50;

/** Saves what is read, on whatever serves, and keeps a link to it that is older than all later processes. */
export async function prepareLoad(fleet: Fleet): Promise<UpgradeLoad> {
  const { caller } = fleet;
  const counts = { renders: 0, links: 0, publications: 0 };
  await succeed(caller, { method: "POST", path: "/definitions", body: shown });
  const first = await share(caller);

  const works: Readonly<Record<keyof typeof counts, (round: number) => Promise<void>>> = {
    async renders(round) {
      // Many values, so that some are drawn and some were kept.
      const region = regions[round % regions.length]!;
      const { html } = await succeed(caller, {
        method: "POST",
        path: "/render",
        body: { dashboard_id: "shown", filters: { region } },
      });
      holds(showsOnly(`${html}`, region), "a render shows what another filter's value gives");
    },
    async links() {
      // One of this moment, which the next process must know, too.
      for (const link of [first, await share(caller)]) {
        const { text } = await fleet.open(link);
        holds(showsOnly(text, regions[0]!), "a link shows something else");
      }
    },
    async publications(round) {
      const title = `Published ${round}`;
      const { revision } = await succeed(caller, {
        method: "POST",
        path: "/definitions",
        body: { dashboard_id: "published", draft: true, layout: { title }, datasources: [], expected_revision: 0 },
      });
      const { version } = await succeed(caller, {
        method: "POST",
        path: "/definitions/published:publish",
        body: { expected_version: round, expected_revision: revision! },
      });
      holds(version === round + 1, "a publication made another version than the next one");
    },
  };

  return {
    counts,
    async run(ending) {
      const kinds = Object.entries(works) as [keyof typeof counts, (round: number) => Promise<void>][];
      await Promise.all(
        kinds.map(async ([kind, work]) => {
          for (; !ending.aborted; await sleep(thinkMs)) {
            await work(counts[kind]);
            counts[kind] += 1;
          }
        }),
      );
    },
  };
}

function holds(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}

function showsOnly(html: string, region: string): boolean {
  const found = new Set(html.match(/Orders of R\d\d/g));
  return found.size === 1 && found.has(`Orders of ${region}`);
}

/** Makes a link that shows a region, and returns its path. */
async function share(caller: Caller): Promise<string> {
  const body = { dashboard_id: "shown", expires_in_s: 3_600, filters: { region: regions[0]! } };
  const { url } = await succeed(caller, { method: "POST", path: "/share", body });
  return new URL(`${url}`).pathname;
}

const regions = Array.from({ length: 20 }, (_, at) => `R${at + 10}`);

const shown: JsonObject = {
  dashboard_id: "shown",
  layout: {
    title: "Orders",
    panels: [
      { title: "By region", datasource: "orders", bar: { x: "region", y: ["orders"] } },
      { title: "Lines", datasource: "orders", table: {} },
    ],
  },
  datasources: [
    {
      id: "orders",
      inline: {
        columns: [{ name: "region" }, { name: "orders" }, { name: "what" }],
        rows: regions.map((region, at) => [region, at, `Orders of ${region}`]),
      },
    },
  ],
};
