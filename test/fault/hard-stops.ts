import { setTimeout as sleep } from "node:timers/promises";
import { onConnection } from "../store/database.ts";
import { createLedger, type Ledger, type Tally } from "./ledger.ts";
import type { StoppableService } from "./stoppable-service.ts";

/** What came of stopping the database hard again and again. */
export type StopFigures = Tally & {
  readonly stops: number;
  /** The longest time from a server that takes connections again to the next acknowledged save, in milliseconds. */
  readonly worstRecoveryMs: number;
};

/** How a database is stopped. */
export type StopPlan = {
  readonly stops: number;
  readonly random: () => number;
  readonly progress: (line: string) => void;
};

/** How long the service may take to work again. */
const recoveryMs = 2_000;

/**
 * Stops the database under a service that saves, as a crash of its host would but for the disk, and starts it
 * again. The service must stay the same process, and have all that it acknowledged.
 */
export async function runHardStops(
  under: StoppableService,
  { stops, random, progress }: StopPlan,
): Promise<StopFigures> {
  await assertDurable(under.postgres.superuserUrl);
  const ledger = createLedger("stop");
  const { tally } = ledger;
  let worstRecoveryMs = 0;
  for (let stop = 1; stop <= stops; stop += 1) {
    const { begun, tookMs } = await stopUnderWriters(under, ledger, random);
    worstRecoveryMs = Math.max(worstRecoveryMs, tookMs);
    if (tookMs > recoveryMs) tally.problems.push(`nothing was acknowledged until ${tookMs} ms after stop ${stop}`);
    if (under.hasEnded()) throw new Error("the service ended with its database");
    await ledger.read(under.caller, begun);
    await ledger.repeat(under.caller, begun);
    progress(`hard stop ${stop} of ${stops}: ${tally.acknowledged} acknowledged, ${tally.lost} lost`);
  }
  await ledger.audit(under.postgres.superuserUrl);
  return { ...tally, stops, worstRecoveryMs };
}

/** What came of the control. */
export type ControlFigures = { readonly stops: number; readonly acknowledged: number; readonly lost: number };

/**
 * Does the same to a database that acknowledges before it writes: if that loses nothing, hard stops prove nothing.
 * Ends as soon as something is lost after `stops` of them, and gives up after ten times as many.
 */
export async function runControl(
  under: StoppableService,
  { stops, random, progress }: StopPlan,
): Promise<ControlFigures> {
  const { postgres } = under;
  await postgres.run(
    "alter database dashboards set synchronous_commit = off",
    "alter system set wal_writer_delay = '10s'",
  );
  await postgres.restart();
  let [acknowledged, lost, stop] = [0, 0, 0];
  while (stop < stops || (lost === 0 && stop < 10 * stops)) {
    stop += 1;
    // One of its own each time, since what is lost is not sent again.
    const ledger = createLedger(`control${stop}`);
    const { begun } = await stopUnderWriters(under, ledger, random);
    await ledger.read(under.caller, begun);
    acknowledged += ledger.tally.acknowledged;
    lost += ledger.tally.lost;
    progress(`control ${stop} of ${stops}: ${acknowledged} acknowledged, ${lost} lost`);
  }
  return { stops: stop, acknowledged, lost };
}

/** Stops and starts the database under writers, which end with the first save that is acknowledged then. */
async function stopUnderWriters({ caller, postgres }: StoppableService, ledger: Ledger, random: () => number) {
  const ending = new AbortController();
  const writing = ledger.write(caller, ending.signal);
  await ledger.nextAcknowledgement();
  await sleep(random() * 100);
  await postgres.stopHard();
  await postgres.start();
  const startedAt = performance.now();
  const late = new AbortController();
  await Promise.race([
    ledger.nextAcknowledgement(),
    sleep(10 * recoveryMs, undefined, { signal: late.signal }).catch(() => {}),
  ]);
  late.abort();
  const tookMs = Math.round(performance.now() - startedAt);
  ending.abort();
  return { begun: await writing, tookMs };
}

/** Fails where the server does not write down what it acknowledges. */
async function assertDurable(superuserUrl: string): Promise<void> {
  await onConnection(superuserUrl, async ({ sql }) => {
    const rows = await sql<{ name: string; setting: string }[]>`
      select name, setting from pg_settings
      where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting <> 'on'`;
    if (rows.length > 0) throw new Error(`the server runs with ${rows.map(({ name }) => name)} off: nothing is proved`);
  });
}
