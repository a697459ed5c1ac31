/**
 * The one way to declare tests. uvu exits 0 when `.run()` is forgotten or a `before` hook throws;
 * this module counts what was declared and what passed, fails the process when they differ, and
 * prints the count as the run's last line.
 */
import { suite as uvuSuite } from "uvu";

/** A test or a hook. */
type Step = () => Promise<void> | void;

/** A suite of tests. Call `run()` at the end of the file: a suite that is not run fails the process. */
export type Suite = {
  (name: string, test: Step): void;
  before: (hook: Step) => void;
  after: (hook: Step) => void;
  beforeEach: (hook: Step) => void;
  afterEach: (hook: Step) => void;
  /** Leaves a test out and says why on the screen. */
  skip: (name: string, reason: string) => void;
  run: () => void;
};

type Tally = { readonly name: string; declared: number; passed: number; ran: boolean; hooksFailed: number };

const tallies: Tally[] = [];
const skips: string[] = [];

/** A test that takes longer fails: a hang must be loud. The slowest real ones take about 60 s. */
const timeoutMs = 180_000;

/** Declares a suite. */
export function suite(name: string): Suite {
  const inner = uvuSuite(name);
  const tally: Tally = { name, declared: 0, passed: 0, ran: false, hooksFailed: 0 };
  tallies.push(tally);
  const hook = (step: Step) => async () => {
    try {
      await inTime(step);
    } catch (error) {
      tally.hooksFailed += 1;
      console.error(`\n${name}: a hook failed:`, error);
      throw error;
    }
  };
  const self = (test: string, step: Step) => {
    tally.declared += 1;
    inner(test, async () => {
      await inTime(step).catch((error: unknown) => {
        throw printable(error);
      });
      tally.passed += 1;
    });
  };
  return Object.assign(self, {
    before: (step: Step) => inner.before(hook(step)),
    after: (step: Step) => inner.after(hook(step)),
    beforeEach: (step: Step) => inner.before.each(hook(step)),
    afterEach: (step: Step) => inner.after.each(hook(step)),
    skip: (test: string, reason: string) => {
      skips.push(`${name}: ${test}: ${reason}`);
    },
    run: () => {
      tally.ran = true;
      inner.run();
    },
  });
}

/** uvu prints `details` as the text of a difference, and stops where they are a list, as in a ConnectError. */
function printable(error: unknown): unknown {
  if (!(error instanceof Error) || !("details" in error) || !Array.isArray(error.details)) return error;
  const { name, message, stack } = error;
  return Object.assign(new Error(`${name}: ${message}`), { stack });
}

async function inTime(step: Step): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    await Promise.race([step(), late]);
  } finally {
    clearTimeout(timer);
  }
}

process.once("exit", (code) => {
  let passed = 0;
  let failed = 0;
  for (const tally of tallies) {
    const lost = tally.declared - tally.passed;
    passed += tally.passed;
    failed += Math.max(lost, tally.ran && tally.hooksFailed === 0 ? 0 : 1);
    if (!tally.ran) console.error(`${tally.name}: run() was not called`);
    else if (lost > 0) console.error(`${tally.name}: ${lost} of ${tally.declared} did not pass`);
  }
  if (passed === 0) failed = Math.max(failed, 1);
  for (const skip of skips) console.log(`skipped: ${skip}`);
  // The line stands alone, whatever was printed last.
  console.log(`\n${passed} passed, ${failed} failed${skips.length > 0 ? `, ${skips.length} skipped` : ""}`);
  if (failed > 0 && code === 0) process.exitCode = 1;
});
