/** How a number of a unit is written: divided, by Intl with these options, with a suffix. */
export type Scale = {
  readonly divisor: number;
  readonly options: Intl.NumberFormatOptions;
  readonly suffix: string;
  /** From which size on numbers are abbreviated where space is scarce; never where undefined. */
  readonly abbreviateFrom: number | undefined;
};

/**
 * Returns the scale on which numbers of a size read best: 5400 `s` are 90 min, 2000 `bytes` are
 * 2 kB. Numbers that are compared, such as an axis, are put on the scale of the largest. Symbols
 * are those of the SI, the same in every language. An unknown unit reads as a plain number.
 */
export function scaleFor(unit: string, size: number): Scale {
  const row = units.get(unit) ?? plain;
  if (!("ladder" in row)) return row;
  let rung = row.ladder[0]!;
  for (const next of row.ladder) if (size >= next.from) rung = next;
  return rung.scale;
}

/** Whether changes of a unit are told in the unit itself: 12 ms less rather than 6 % less. */
export function changesInUnit(unit: string): boolean {
  return ["percent", "ratio", "ms", "s", "min", "celsius"].includes(unit);
}

type Rung = { readonly from: number; readonly scale: Scale };

const plain: Scale = { divisor: 1, options: {}, suffix: "", abbreviateFrom: 10_000 };

const withSuffix = (suffix: string): Scale => ({ divisor: 1, options: {}, suffix, abbreviateFrom: undefined });

const currency = (code: string): Scale => ({
  divisor: 1,
  options: { style: "currency", currency: code, currencyDisplay: "narrowSymbol" },
  suffix: "",
  abbreviateFrom: 1000,
});

type Ladder = { readonly ladder: readonly Rung[] };

const ladder = (...rungs: readonly (readonly [from: number, divisor: number, symbol: string])[]): Ladder => ({
  ladder: rungs.map(([from, divisor, symbol]) => ({ from, scale: { ...withSuffix(`\u00a0${symbol}`), divisor } })),
});

// A rung is left for the next only when the number would get long: 90 s reads better than 1.5 min.
const milliseconds = ladder(
  [0, 1, "ms"],
  [10_000, 1000, "s"],
  [120_000, 60_000, "min"],
  [7_200_000, 3_600_000, "h"],
  [259_200_000, 86_400_000, "d"],
);
const seconds = ladder(
  [0, 1, "s"],
  [Number.MIN_VALUE, 0.001, "ms"],
  [1, 1, "s"],
  [120, 60, "min"],
  [7200, 3600, "h"],
  [259_200, 86_400, "d"],
);
const minutes = ladder([0, 1, "min"], [120, 60, "h"], [4320, 1440, "d"]);
const bytes = ladder([0, 1, "B"], [1e3, 1e3, "kB"], [1e6, 1e6, "MB"], [1e9, 1e9, "GB"], [1e12, 1e12, "TB"]);

const units: ReadonlyMap<string, Scale | Ladder> = new Map<string, Scale | Ladder>([
  ["number", plain],
  ["short", { ...plain, abbreviateFrom: 1000 }],
  ["percent", { divisor: 100, options: { style: "percent" }, suffix: "", abbreviateFrom: undefined }],
  ["ratio", { divisor: 1, options: { style: "percent" }, suffix: "", abbreviateFrom: undefined }],
  ["bytes", bytes],
  ["ms", milliseconds],
  ["s", seconds],
  ["min", minutes],
  ["per_s", { ...withSuffix("/s"), abbreviateFrom: 1000 }],
  ["celsius", withSuffix("\u00a0°C")],
  ["mm", withSuffix("\u00a0mm")],
  ["m", withSuffix("\u00a0m")],
  ["km", withSuffix("\u00a0km")],
  ["mi", withSuffix("\u00a0mi")],
  ["mph", withSuffix("\u00a0mph")],
  ["m_per_s", withSuffix("\u00a0m/s")],
  ["ppm", withSuffix("\u00a0ppm")],
  ...["usd", "eur", "gbp", "inr", "jpy"].map((code) => [code, currency(code.toUpperCase())] as const),
]);
