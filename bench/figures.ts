import type { Benchmark, Round } from "./benchmark.ts";
import { median } from "./median.ts";

/** What the rounds of a benchmark come to. */
export type Figures = {
  readonly name: string;
  readonly unit: string;
  readonly goal: string;
  readonly ours: Side;
  /** Undefined where nothing is compared. */
  readonly reference: Side | undefined;
  /** Of rounds, each of which compares what was measured within moments of each other. */
  readonly ratio: Side;
  readonly met: boolean;
};

/** The middle of what the rounds found, and its bounds. */
type Side = { readonly median: number; readonly least: number; readonly most: number };

/** Sums rounds up, and holds them against the goal. */
export function figuresOf({ name, unit, goal }: Benchmark, rounds: readonly Round[]): Figures {
  if (rounds.length === 0) throw new Error("it had no rounds");
  const references = rounds.flatMap(({ reference }) => reference ?? []);
  const ours = sideOf(rounds.map((round) => round.ours));
  const reference = references.length === 0 ? undefined : sideOf(references);
  const ratio = sideOf(rounds.map(goal.ratioOf));
  const met = goal.isMet({
    ours: ours.median,
    reference: reference?.median ?? Number.NaN,
    ratio: ratio.median,
  });
  return { name, unit, goal: goal.text, ours, reference, ratio, met };
}

/** Returns lines for a person. */
export function describeFigures({ name, unit, goal, ours, reference, ratio, met }: Figures): string {
  const line = (title: string, { median, least, most }: Side, of: string) =>
    `  ${title.padEnd(10)}${toText(median).padStart(10)} ${of} (${toText(least)} to ${toText(most)})`;
  return [
    name,
    line("ours", ours, unit),
    ...(reference === undefined ? [] : [line("reference", reference, unit)]),
    `${line("ratio", ratio, "")}; the goal is ${goal}: ${met ? "met" : "MISSED"}`,
  ].join("\n");
}

/** Returns one line of JSON. `spread` is the least and the most that the rounds found of the ratio. */
export function figuresToJson({ name, unit, goal, ours, reference, ratio, met }: Figures): string {
  return JSON.stringify({
    name,
    ours: toNumber(ours.median),
    reference: reference === undefined ? null : toNumber(reference.median),
    ratio: toNumber(ratio.median),
    ...{ goal, unit, met },
    spread: [toNumber(ratio.least), toNumber(ratio.most)],
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
