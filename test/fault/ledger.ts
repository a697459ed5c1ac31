import { setTimeout as sleep } from "node:timers/promises";
import { onConnection } from "../store/database.ts";
import { type ApiAnswer, type ApiCall, type Caller, insist, isPassing } from "./api.ts";

/** A save as a caller makes it: until it is acknowledged, always with the same key. */
type Save = {
  readonly key: string;
  readonly dashboardId: string;
  /** What it holds, in three places. */
  readonly text: string;
  /** The body that acknowledged it. */
  acknowledged?: string;
};

/** What came of saves. */
export type Tally = {
  /** Acknowledged at the first go. */
  acknowledged: number;
  /** Acknowledged, and not there. */
  lost: number;
  /** There in part. */
  half: number;
  /** There more than once. */
  doubled: number;
  /** Repetitions of what had been acknowledged, which were answered the same again. */
  replays: number;
  /** What does not hold, a line each. */
  readonly problems: string[];
};

/** Writes down what is saved, and holds the service to it. */
export type Ledger = {
  readonly tally: Tally;
  /**
   * Saves without pause, by writers side by side, each now into a dashboard of its own, now into one of all,
   * until it is told to end: then each gives up with the first answer that is none. Returns what was begun.
   */
  write(caller: Caller, ending: AbortSignal): Promise<readonly Save[]>;
  /** Resolves with the next acknowledgement. */
  nextAcknowledgement(): Promise<void>;
  /** Reads what was acknowledged. Nothing must be sent again before: that would do over what was lost. */
  read(caller: Caller, saves: readonly Save[]): Promise<void>;
  /** Sends saves again: what was acknowledged is answered the same, and the rest is acknowledged now. */
  repeat(caller: Caller, saves: readonly Save[]): Promise<void>;
  /** Counts, in the database, those of the saves that were done and not acknowledged. */
  countUnacknowledged(superuserUrl: string, saves: readonly Save[]): Promise<number>;
  /** Holds the database to all saves together: each is one version and one key, with no version beside. */
  audit(superuserUrl: string): Promise<void>;
};

const writers = 8;

/** How soon a caller that was not acknowledged tries again. */
const retryMs = 20;

/** Creates a ledger, whose dashboards bear its name. */
export function createLedger(name: string): Ledger {
  const all: Save[] = [];
  const tally: Tally = { acknowledged: 0, lost: 0, half: 0, doubled: 0, replays: 0, problems: [] };
  let acknowledgement = Promise.withResolvers<void>();

  const acknowledge = (save: Save, text: string) => {
    save.acknowledged = text;
    tally.acknowledged += 1;
    acknowledgement.resolve();
    acknowledgement = Promise.withResolvers();
  };

  const attempt = async (caller: Caller, save: Save): Promise<ApiAnswer | undefined> => {
    const answer = await caller(toCall(save), save.key).catch(() => {});
    if (answer !== undefined && answer.status !== 200 && !isPassing(answer)) {
      tally.problems.push(`${save.key} was answered ${answer.status} ${answer.text}`);
    }
    return answer ?? undefined;
  };

  const makeSave = (writer: number, n: number): Save => {
    const key = `${name}-${all.length}`;
    const save = { key, dashboardId: `${name}_${n % 2 === 0 ? writer : "all"}`, text: `Saved as ${key}` };
    all.push(save);
    return save;
  };

  return {
    tally,
    async write(caller, ending) {
      const first = all.length;
      await inParallel(async (writer) => {
        for (let n = 0; !ending.aborted; n += 1) {
          const save = makeSave(writer, n);
          while (save.acknowledged === undefined) {
            const answer = await attempt(caller, save);
            if (answer?.status === 200) acknowledge(save, answer.text);
            else if (ending.aborted) return;
            else await sleep(retryMs);
          }
        }
      });
      return all.slice(first);
    },
    nextAcknowledgement: () => acknowledgement.promise,
    read: (caller, saves) =>
      forEach(
        saves.filter(({ acknowledged }) => acknowledged !== undefined),
        async (save) => {
          const path = `/definitions/${save.dashboardId}?version=${versionOf(save)}`;
          const { status, text } = await insist(caller, { method: "GET", path });
          const found = status === 200 ? textsOf(JSON.parse(text).definition) : [];
          const right = found.filter((each) => each === save.text).length;
          if (right === places) return;
          tally[right === 0 ? "lost" : "half"] += 1;
        },
      ),
    repeat: (caller, saves) =>
      forEach(saves, async (save) => {
        const answer = await insist(caller, toCall(save), save.key);
        if (answer.status !== 200) tally.problems.push(`${save.key} could not be repeated: ${answer.status}`);
        else if (save.acknowledged === undefined) save.acknowledged = answer.text;
        else if (answer.text === save.acknowledged) tally.replays += 1;
        else tally.problems.push(`${save.key} was answered ${save.acknowledged}, and again ${answer.text}`);
      }),
    countUnacknowledged: (superuserUrl, saves) =>
      onConnection(superuserUrl, async ({ sql }) => {
        const keys = saves.filter(({ acknowledged }) => acknowledged === undefined).map(({ key }) => key);
        if (keys.length === 0) return 0;
        const [row] = await sql<{ n: number }[]>`
          select count(*)::int as n from idempotency_keys where key in ${sql(keys)}`;
        return row!.n;
      }),
    audit: (superuserUrl) =>
      onConnection(superuserUrl, async ({ sql }) => {
        const wanted = new Map(all.map((save) => [`${save.dashboardId} ${versionOf(save)}`, save]));
        let found = 0;
        const rows = sql<{ id: string; version: number; content: string }[]>`
          select dashboard_id as id, version, content from versions where dashboard_id like ${`${name}\\_%`}`;
        for await (const page of rows.cursor(1_000)) {
          for (const { id, version, content } of page) {
            const save = wanted.get(`${id} ${version}`);
            if (save === undefined) tally.doubled += 1;
            else if (textsOf(JSON.parse(content)).every((each) => each === save.text)) found += 1;
            else tally.half += 1;
          }
        }
        tally.lost += all.length - found;
        const [row] = await sql<{ n: number }[]>`
          select count(*)::int as n from idempotency_keys where key ~ ${`^${name}-[0-9]+$`}`;
        if (row!.n !== all.length) tally.problems.push(`${row!.n} keys are kept of ${all.length} saves`);
        const counts = await sql<{ id: string }[]>`
          select dashboard_id as id from versions where dashboard_id like ${`${name}\\_%`}
          group by 1 having max(version) <> count(*)`;
        for (const { id } of counts) tally.problems.push(`${id} has a gap in its versions`);
      }),
  };
}

const versionOf = ({ acknowledged }: Save): number =>
  acknowledged === undefined ? 0 : (JSON.parse(acknowledged) as { version: number }).version;

/** Where a save's text stands in its definition. */
const places = 3;

function toCall({ dashboardId, text }: Save): ApiCall {
  const panel = { text: { markdown: text } };
  const body = { dashboard_id: dashboardId, layout: { title: text, panels: [panel, panel] }, datasources: [] };
  return { method: "POST", path: "/definitions", body };
}

type Written = { readonly layout: { readonly title: string; readonly panels: readonly Panel[] } };
type Panel = { readonly text: { readonly markdown: string } };

function textsOf({ layout }: Written): readonly string[] {
  return [layout.title, ...layout.panels.map(({ text }) => text.markdown)];
}

async function inParallel(work: (writer: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: writers }, (_, writer) => work(writer)));
}

/** Does the work for each item, as many at a time as there are writers. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await inParallel(async () => {
    for (const item of left) await work(item);
  });
}
