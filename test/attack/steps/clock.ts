import type { StepKind } from "./step-kind.ts";

/**
 * The service's clock is set, forwards or back, until the case is over. What the database's clock decides is moved by
 * as much, since there is no moving that one; tokens are made by the clock of the service.
 */
export const clockAdvance: StepKind = {
  fields: ["s"],
  worlds: () => ["plain", "fault"],
  async run({ world, atEnd }, step) {
    const ms = step.s! * 1_000;
    await world.moveClock!(ms);
    atEnd.push(() => world.moveClock!(-ms));
    return { step, outcomes: [] };
  },
};
