/**
 * Returns a plotted number without the digits that nobody sees, because averages would make a page a fifth larger: seven
 * digits of it, and four decimals at most. The number must be finite.
 */
export function trimPlotted(value: number): number {
  const size = Math.abs(value);
  return roundTo(value, powerFor(size)) ?? Number(size < 1000 ? value.toPrecision(7) : value.toFixed(4));
}

/** By which power of ten a number is whole with its seven digits, or its four decimals; 0 where arithmetic is not exact enough. */
function powerFor(size: number): number {
  if (size >= 1e8 || size < 0.1) return 0;
  return size >= 100 ? 1e4 : size >= 10 ? 1e5 : size >= 1 ? 1e6 : 1e7;
}

/**
 * Rounds by arithmetic, in a tenth of the time that writing and reading takes, and to the same number. Undefined where the
 * middle between two numbers is so near that the product's own rounding may decide.
 */
function roundTo(value: number, power: number): number | undefined {
  const scaled = Math.abs(value) * power;
  const whole = Math.floor(scaled);
  const rest = scaled - whole;
  if (power === 0 || Math.abs(rest - 0.5) < 0.001) return undefined;
  const rounded = (rest < 0.5 ? whole : whole + 1) / power;
  return value < 0 ? -rounded : rounded;
}
