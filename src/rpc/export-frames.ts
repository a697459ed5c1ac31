import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { panelIds } from "../definition/panel.ts";
import { fault } from "../errors/fault.ts";
import type { Frame } from "../frame/frame.ts";
import { type Bulkhead, createBulkhead } from "../limit/bulkhead.ts";
import type { Holdings } from "../limit/holdings.ts";
import { frameBytes } from "../source/frame-bytes.ts";
import type { SourceRunner } from "../source/runner.ts";
import { settleRender, type WantedRender } from "./asked-render.ts";
import type { LoadedDefinition } from "./definitions.ts";

/** Reads the rows that panels are drawn from. */
export type PanelFrames = {
  /**
   * Reads a panel's rows, with filters settled as for a render, and returns what `write` makes of them. Throws NOT_FOUND
   * where there is no such panel, INVALID_REQUEST where it has no datasource, DEPENDENCY_DOWN where that does not answer,
   * and what a render throws for its filters and where there is no room.
   */
  read<Made>(wanted: WantedFrame, write: (frame: Frame) => Promise<Made>): Promise<Made>;
};

/** Whose rows, and how. */
type WantedFrame = {
  readonly tenant: string;
  readonly loaded: LoadedDefinition;
  readonly wanted: WantedRender;
  /** The panel's id. */
  readonly panel: string;
};

/** How soon it makes sense to ask a source again that did not answer. */
const retryAfterMs = 5_000;

/** A file may be several times as large as its rows: few are written at once, of one tenant one. */
const writing = { perKey: 1, total: 4, waitMs: 3_000, maxWaiting: 64, maxWaitingPerKey: 16 };

/** Creates the reading, which takes room of the same bulkhead and holdings as renders do. */
export function createPanelFrames(options: {
  readonly sources: Pick<SourceRunner, "run">;
  readonly bulkhead: Bulkhead;
  readonly holdings: Holdings;
  readonly now: () => number;
}): PanelFrames {
  const { sources, bulkhead, holdings, now } = options;
  const refusal = () => fault("OVERLOADED", "too many files are being written just now: try again", { retryAfterMs });
  const writers = createBulkhead({ ...writing, refusal });
  return {
    async read({ tenant, loaded, wanted, panel }, write) {
      const { definition } = loaded;
      const datasource = findDatasource(definition, panel);
      const { filters, presentation } = settleRender(loaded, wanted, now());
      const { signal } = wanted;
      const work = async () => {
        using held = holdings.open(tenant);
        const outcome = await sources.run({
          ...{ tenant, datasource, binding: filters.binding, timezone: presentation.timezone },
          datasources: definition.datasources,
          ...(signal !== undefined && { abandoned: signal }),
        });
        if (!outcome.ok) {
          signal?.throwIfAborted();
          const message = `the panel's datasource did not answer (${outcome.failure}): try again, and check its query`;
          throw fault("DEPENDENCY_DOWN", message, { retryAfterMs });
        }
        held.add(frameBytes(outcome.frame));
        return await writers.run(tenant, () => write(outcome.frame), undefined, signal);
      };
      return bulkhead.run(tenant, work, undefined, signal);
    },
  };
}

/** Throws NOT_FOUND where the dashboard has no panel of that id. */
export function refuseUnknownPanel({ layout }: Definition, panel: string): void {
  if (panelIds(layout!).includes(panel)) return;
  throw fault("NOT_FOUND", "the dashboard has no panel of that id: Render lists those it has", {
    details: [{ field: "panel", description: "is no panel of the dashboard" }],
  });
}

function findDatasource(definition: Definition, id: string): Datasource {
  refuseUnknownPanel(definition, id);
  const { layout, datasources } = definition;
  const { datasource } = layout!.panels[panelIds(layout!).indexOf(id)]!;
  const found = datasources.find((one) => one.id === datasource);
  if (found !== undefined) return found;
  throw fault("INVALID_REQUEST", "the panel has words and no rows: ask for another panel, or for a picture", {
    details: [{ field: "panel", description: "has no datasource" }],
  });
}
