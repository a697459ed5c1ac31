/** What ours and the reference took in one round, in the benchmark's unit; or what was found where nothing is compared. */
export type Round = { readonly ours: number; readonly reference?: number };

/** One thing that is measured, beside what it is to be held against. */
export type Benchmark = {
  /** By which it is asked for. */
  readonly name: string;
  /** What is measured, and against what, in a line. */
  readonly about: string;
  /** Of the figures, such as `us of CPU a request`. */
  readonly unit: string;
  readonly goal: Goal;
  /**
   * Starts what it needs, warms it up, and resolves with the rounds, ours and the reference by turns in each: five at
   * least where there is a reference. Whatever it started has ended by then, also when it throws.
   */
  run(progress: (line: string) => void): Promise<readonly Round[]>;
};

/** What the figures are to be. */
export type Goal = {
  readonly text: string;
  /** How the two compare, better where it is more or where it is less, as the text says. */
  readonly ratioOf: (compared: Required<Round>) => number;
  /** Is given the medians; neither reference nor ratio where nothing is compared. */
  readonly isMet: (medians: Round & { readonly ratio?: number }) => boolean;
};

/** The speed of ours as a part of the reference's, where both count what a unit of work costs. */
export function speedAtLeast(part: number): Goal {
  return {
    text: `>= ${part.toFixed(2)} of its speed`,
    ratioOf: ({ ours, reference }) => reference / ours,
    isMet: ({ ratio }) => ratio !== undefined && ratio >= part,
  };
}

/** What ours costs as a part of what the reference does. */
export function costAtMost(part: number): Goal {
  return {
    text: `<= ${part} x its cost`,
    ratioOf: ({ ours, reference }) => ours / reference,
    isMet: ({ ratio }) => ratio !== undefined && ratio <= part,
  };
}

/** What ours costs at most, in its unit, beyond what the reference does: 0 where there is none. */
export function atMost(most: number, unit: string): Goal {
  return {
    text: `<= ${most} ${unit}`,
    ratioOf: ({ ours, reference }) => ours / reference,
    isMet: ({ ours, reference = 0 }) => ours <= reference + most,
  };
}

/** What ours takes at most beyond the reference, in its unit. */
export function atMostBeyond(most: number, unit: string): Goal {
  return { ...atMost(most, unit), text: `<= the reference + ${most} ${unit}` };
}
