/** Says what goes on, with the time since the start. */
export function say(line: string): void {
  console.log(`${`${Math.round(performance.now() / 1000)} s`.padStart(7)}  ${line}`);
}

/** Writes bytes in MiB. */
export function mib(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

/** Reads a whole number that an option gives, and says what is wrong with any other. */
export function wholeOption(name: string, value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) {
    console.error(`--${name} must be a whole number of at least 1`);
    process.exit(2);
  }
  return Number(value);
}

/** What must hold, by what is promised of it. */
export type Promises = Readonly<Record<string, boolean>>;

/** Prints the last line, which begins with `passed` or `failed`, and sets the exit code. */
export function conclude(promises: Promises, summary: string): void {
  const missed = Object.keys(promises).filter((name) => promises[name] !== true);
  console.log(missed.length === 0 ? `passed: ${summary}` : `failed: ${missed.join("; ")} (${summary})`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}
