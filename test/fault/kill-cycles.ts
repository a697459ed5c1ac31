import { setTimeout as sleep } from "node:timers/promises";
import { createDataFolder } from "../process.ts";
import { createCaller } from "./api.ts";
import { createLedger, type Tally } from "./ledger.ts";

/** What came of killing a service again and again. */
export type KillFigures = Tally & {
  readonly cycles: number;
  /** Saves that were done when the service was killed, and not acknowledged: the reason why there are keys. */
  readonly unacknowledged: number;
  /** The longest time from a kill to a service that answers again, in milliseconds. */
  readonly worstRecoveryMs: number;
};

/** How a service is killed. */
export type KillPlan = {
  readonly cycles: number;
  readonly random: () => number;
  /** The environment of the service, beside the tests' own. */
  readonly env: Readonly<Record<string, string>>;
  readonly progress: (line: string) => void;
};

/** Kills a service on its embedded database by SIGKILL while it saves, and holds it to what it acknowledged. */
export async function runKillCycles({ cycles, random, env, progress }: KillPlan): Promise<KillFigures> {
  await using opened = new AsyncDisposableStack();
  const folder = createDataFolder();
  opened.defer(folder.remove);
  const ledger = createLedger("kill");
  const { tally } = ledger;
  const token = await folder.token();
  const start = async () => {
    const service = await folder.start(env);
    return { ...service, caller: createCaller(Number(new URL(service.url).port), token, { keepAlive: true }) };
  };
  let unacknowledged = 0;
  let worstRecoveryMs = 0;
  let service = await start();
  const superuserUrl = await folder.superuserUrl();
  const database = await folder.databasePid();

  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const ending = new AbortController();
    const writing = ledger.write(service.caller, ending.signal);
    await ledger.nextAcknowledgement();
    await sleep(random() * 100);
    ending.abort();
    const killedAt = performance.now();
    service.signal("SIGKILL");
    await service.ended;
    const begun = await writing;

    service = await start();
    worstRecoveryMs = Math.max(worstRecoveryMs, Math.round(performance.now() - killedAt));
    if ((await folder.databasePid()) !== database) tally.problems.push("the database's server was not taken over");
    unacknowledged += await ledger.countUnacknowledged(superuserUrl, begun);
    await ledger.read(service.caller, begun);
    await ledger.repeat(service.caller, begun);
    progress(`kill ${cycle} of ${cycles}: ${tally.acknowledged} acknowledged, ${tally.lost} lost`);
  }
  await ledger.audit(superuserUrl);
  service.signal("SIGTERM");
  if ((await service.ended) !== 0) tally.problems.push("the last process did not end in order");
  return { ...tally, cycles, unacknowledged, worstRecoveryMs };
}
