import type { LoadFigures } from "../load/tally.ts";
import type { Flood } from "./h2-flood.ts";

/** What a step that presses the service measures beside the answers that it gets. */
export type Pressure = {
  /** How long the connections of slow clients lived until they were closed, in ms; undefined for those still open. */
  readonly slowClients?: readonly (number | undefined)[];
  readonly flood?: Flood;
  /** Whether all processes that were asked count rates together. */
  readonly shareLimits?: boolean;
  /** What came of a load, and the good answers a second that were the most before it. */
  readonly load?: { readonly figures: LoadFigures; readonly peakPerSecond: number };
};
