/**
 * `npm run -s crash -- [--cycles 200] [--stops 100] [--control 25] [--keys 1000] [--rounds 1] [--seed N]`: kills the
 * service and its database again and again while they are written to, and holds them to what was acknowledged. Prints
 * what it is doing, then its figures, and a last line that begins with `passed` or `failed`. `npm test` does the
 * same with smaller numbers.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { createCodeCache } from "./code-cache.ts";
import { runDuplicates } from "./duplicates.ts";
import { runControl, runHardStops } from "./hard-stops.ts";
import { runKillCycles } from "./kill-cycles.ts";
import type { Tally } from "./ledger.ts";
import { crashAtPoints } from "./point-crashes.ts";
import { createProgress } from "./progress.ts";
import { createRandom } from "./random.ts";
import { startStoppableService } from "./stoppable-service.ts";

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const problems: string[] = [];
try {
  await run(readPlan());
} catch (error) {
  problems.push(error instanceof Error ? error.message : `${error}`);
}
for (const problem of problems.slice(0, 20)) console.log(`problem: ${problem}`);
console.log(
  problems.length === 0
    ? "passed: nothing that was acknowledged is lost, half-written or doubled"
    : `failed: ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

type Plan = Readonly<Record<"cycles" | "stops" | "control" | "keys" | "rounds" | "seed", number>>;

/** Reads the command line. Throws an Error that names what is wrong. */
function readPlan(): Plan {
  const defaults = { cycles: 200, stops: 100, control: 25, keys: 1_000, rounds: 1, seed: randomInt(2 ** 31) };
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, { type: "string", default: `${value}` }] as const),
  );
  const { values } = parseArgs({ options });
  const numbers = Object.entries(values).map(([name, value]) => {
    if (!/^[1-9]\d{0,9}$/.test(`${value}`)) throw new Error(`--${name} must be a whole number from 1`);
    return [name, Number(value)] as const;
  });
  return Object.fromEntries(numbers) as Plan;
}

async function run({ cycles, stops, control, keys, rounds, seed }: Plan): Promise<void> {
  const progress = createProgress(console.log);
  const random = createRandom(seed);
  const env = createCodeCache();
  console.log(`seed ${seed}`);

  const under = await startStoppableService(env);
  const { caller, postgres } = under;
  const plan = { caller, tenant: "acme", superuserUrl: postgres.superuserUrl, copies: 50 };
  const duplicates = await runDuplicates({ ...plan, keys, progress });
  tell(
    "duplicates",
    duplicates,
    `${duplicates.keys} keys, ${duplicates.calls} calls, ${duplicates.wrong} wrong effects`,
  );

  const stopped = await runHardStops(under, { stops, random, progress });
  tell("hard stops", stopped, `${stopped.stops}, ${figuresOf(stopped)}, worst recovery ${stopped.worstRecoveryMs} ms`);

  const lossy = await runControl(under, { stops: control, random, progress });
  await under.close();
  const isVoid = lossy.lost === 0 ? ["the control lost nothing, so that the hard stops prove nothing"] : [];
  tell(
    "control",
    { problems: isVoid },
    `${lossy.stops} hard stops, ${lossy.lost} of ${lossy.acknowledged} lost, as it must`,
  );

  const points = await crashAtPoints({ rounds, env, progress });
  tell("crash points", points, `${points.kills} kills, ${points.calls} calls, ${points.done} of them done by then`);

  const killed = await runKillCycles({ cycles, random, env, progress });
  const { unacknowledged: untold, worstRecoveryMs } = killed;
  tell(
    "kills",
    killed,
    `${cycles}, ${figuresOf(killed)}, ${untold} done but not acknowledged, worst recovery ${worstRecoveryMs} ms`,
  );
}

/** Prints the figures of a part, and keeps its problems. */
function tell(part: string, found: Found, figures: string): void {
  console.log(`${part}: ${figures}`);
  problems.push(...found.problems.map((problem) => `${part}: ${problem}`));
  const { lost = 0, half = 0, doubled = 0, wrong = 0 } = found;
  const bad = lost + half + doubled + wrong;
  if (bad > 0) problems.push(`${part}: ${lost} lost, ${half} half-written, ${doubled} doubled, ${wrong} wrong`);
}

type Found = Partial<Record<"lost" | "half" | "doubled" | "wrong", number>> & { readonly problems: readonly string[] };

function figuresOf({ acknowledged, lost, half, doubled, replays }: Tally): string {
  const bad = `${lost} lost, ${half} half-written, ${doubled} doubled`;
  return `${acknowledged} acknowledged, ${bad}, ${replays} replays equal`;
}
