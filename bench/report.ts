const missed: string[] = [];

/** Prints a figure and what it is of. */
export function say(what: string, figure: string): void {
  console.log(`${figure.padStart(18)}  ${what}`);
}

/** Prints a figure that the project promises, and remembers where it is missed. */
export function promise(what: string, value: number, isKept: boolean, promised: string): void {
  say(`${what} (promised: ${promised})${isKept ? "" : ": MISSED"}`, value.toFixed(value < 10 ? 2 : 1));
  if (!isKept) missed.push(what);
}

/** Writes milliseconds. */
export function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}

/** Says what was missed, and fails the process where something was. */
export function conclude(): void {
  if (missed.length === 0) return;
  console.error(`\nmissed: ${missed.join(", ")}`);
  process.exitCode = 1;
}
