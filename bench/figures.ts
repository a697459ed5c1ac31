import type { Benchmark, Goal, Round } from "./benchmark.ts";
import { median } from "./median.ts";

/** What the rounds of a benchmark come to. */
export type Figures = {
  readonly name: string;
  readonly unit: string;
  readonly goal: string;
  readonly ours: Side;
  /** Undefined where nothing is compared. */
  readonly compared: { readonly reference: Side; readonly ratio: Side } | undefined;
  readonly met: boolean;
};

/** The middle of what the rounds found, and its bounds. */
type Side = { readonly median: number; readonly least: number; readonly most: number };

/** Sums rounds up, and holds them against the goal. */
export function figuresOf({ name, unit, goal }: Benchmark, rounds: readonly Round[]): Figures {
  if (rounds.length === 0) throw new Error("it had no rounds");
  const ours = sideOf(rounds.map((round) => round.ours));
  const compared = compare(rounds, goal);
  const both = compared && { reference: compared.reference.median, ratio: compared.ratio.median };
  return { name, unit, goal: goal.text, ours, compared, met: goal.isMet({ ours: ours.median, ...both }) };
}

/** Ratios are those of rounds, each of which compares what was measured within moments of each other. */
function compare(rounds: readonly Round[], { ratioOf }: Goal): Figures["compared"] {
  const whole = rounds.flatMap(({ ours, reference }) => (reference === undefined ? [] : [{ ours, reference }]));
  if (whole.length === 0) return undefined;
  return { reference: sideOf(whole.map(({ reference }) => reference)), ratio: sideOf(whole.map(ratioOf)) };
}

/** Returns lines for a person. */
export function describeFigures({ name, unit, goal, ours, compared, met }: Figures): string {
  const line = (title: string, { median, least, most }: Side, of: string) =>
    `  ${title.padEnd(10)}${toText(median).padStart(10)} ${of} (${toText(least)} to ${toText(most)})`;
  const lines = [
    name,
    line("ours", ours, unit),
    ...(compared === undefined ? [] : [line("reference", compared.reference, unit), line("ratio", compared.ratio, "")]),
  ].join("\n");
  return `${lines}; the goal is ${goal}: ${met ? "met" : "MISSED"}`;
}

/** Returns one line of JSON. `spread` is the least and most of the rounds' ratios, or of ours where there are none. */
export function figuresToJson({ name, unit, goal, ours, compared, met }: Figures): string {
  const { least, most } = compared?.ratio ?? ours;
  return JSON.stringify({
    name,
    ours: toNumber(ours.median),
    reference: compared === undefined ? null : toNumber(compared.reference.median),
    ratio: compared === undefined ? null : toNumber(compared.ratio.median),
    ...{ goal, unit, met },
    spread: [toNumber(least), toNumber(most)],
  });
}

function sideOf(values: readonly number[]): Side {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

function toText(value: number): string {
  return String(toNumber(value));
}

/** Four digits are more than any of it is known by; whole numbers keep theirs. */
function toNumber(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));
}
