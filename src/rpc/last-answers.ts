import { LRUCache } from "lru-cache";
import { withPatience } from "../cache/patience.ts";
import { reasonOf, toFault } from "../errors/answer.ts";

/** What the store last said of a tenant's things, asked anew as often as it must be. */
export type LastAnswers<V> = {
  /** Returns what the store says now, or said a moment ago; undefined where there is no such thing. */
  get(tenant: string, id: string): Promise<V | undefined>;
  /** As `get`, with how long ago the store was asked, in milliseconds. */
  getWithAge(tenant: string, id: string): Promise<Aged<V> | undefined>;
  /** Returns what it said a moment ago, which serves without asking; undefined where it has to be asked. */
  atHand(tenant: string, id: string): Aged<V> | undefined;
  /** Forgets what was said, so that a change that was made here is seen at once. */
  forget(tenant: string, id: string): void;
};

/** What the store said, and how long ago it was asked, in milliseconds. */
type Aged<V> = { readonly value: V; readonly ageMs: number };

/** How to ask, and how long an answer serves. */
export type LastAnswersOptions<V> = {
  readonly ask: (tenant: string, id: string) => Promise<V | undefined>;
  /** As `ask`, of many at once, in their order. With it, nobody waits for what is in use. */
  readonly askAll?: (asked: readonly Asked[]) => Promise<readonly (V | undefined)[]>;
  /** How long an answer serves without asking: so long may another process's change go unseen. */
  readonly freshMs: number;
  /** How long it serves while the store is down, or slow to answer; 0 for never. */
  readonly staleMs: number;
  /** How many answers are kept. */
  readonly max: number;
  /** Milliseconds that pass whatever is done to the clock, which may be set back. */
  readonly elapsedMs: () => number;
};

/** What a question is about. */
type Asked = { readonly tenant: string; readonly id: string };

/** An answer, and when it was asked for. */
type Said<V> = { readonly value: V; readonly atMs: number };

/**
 * How long a call waits for what the store would say anew, where what it last said serves as well. A
 * database that answers takes some milliseconds; one whose host has vanished takes a second to give up.
 */
const patienceMs = 300;

/** How many are asked about before they are too old, and how many at once: a few milliseconds of the database's time. */
const most = 2_000;
const mostAtOnce = 200;

/**
 * Creates the answers. Whoever asks for the same at the same time waits for one question. That there is
 * nothing is never remembered, and an answer to a question that was asked before `forget` is not kept. What is in
 * use is asked anew in half the time that an answer serves, many in one question.
 */
export function createLastAnswers<V>(options: LastAnswersOptions<V>): LastAnswers<V> {
  const { freshMs, staleMs, max, elapsedMs } = options;
  // By size, because by number its room is made at once: 20 ms of a start for 100,000.
  const known = new LRUCache<string, Said<V>>({ maxSize: max, sizeCalculation: () => 1 });
  const asking = new Map<string, Promise<Said<V> | undefined>>();
  /** Used since it was last asked for, and what is asked about just now. */
  const used = new Map<string, Asked>();
  const refreshed = new Map<string, number>();

  const remember = (key: string, said: Said<V> | undefined) => {
    if (said === undefined) known.delete(key);
    else if ((known.peek(key)?.atMs ?? Number.NEGATIVE_INFINITY) <= said.atMs) known.set(key, said);
  };

  const use = (key: string, tenant: string, id: string) => {
    if (options.askAll === undefined || used.size >= most || used.has(key)) return;
    if (used.size === 0) setTimeout(refresh, freshMs / 2, options.askAll).unref();
    used.set(key, { tenant, id });
  };

  const refresh = async (askAll: NonNullable<typeof options.askAll>) => {
    const due = [...used];
    used.clear();
    for (let from = 0; from < due.length; from += mostAtOnce) {
      const part = due.slice(from, from + mostAtOnce);
      const atMs = elapsedMs();
      for (const [key] of part) refreshed.set(key, atMs);
      // Where that fails, each is asked about by itself when it is too old.
      const values = await askAll(part.map(([, asked]) => asked)).catch(() => undefined);
      for (const [at, [key]] of part.entries()) {
        if (refreshed.get(key) !== atMs) continue;
        refreshed.delete(key);
        const value = values?.[at];
        if (values !== undefined) remember(key, value === undefined ? undefined : { value, atMs });
      }
    }
  };

  const ask = (tenant: string, id: string, key: string) => {
    const under = asking.get(key);
    if (under !== undefined) return under;
    // An answer is as old as its question: what happened since may not be in it.
    const atMs = elapsedMs();
    const asked: Promise<Said<V> | undefined> = options
      .ask(tenant, id)
      .then((value) => {
        const said = value === undefined ? undefined : { value, atMs };
        if (asking.get(key) !== asked) return said;
        remember(key, said);
        return said;
      })
      .finally(() => {
        if (asking.get(key) === asked) asking.delete(key);
      });
    asking.set(key, asked);
    return asked;
  };

  const atHand = (tenant: string, id: string): Aged<V> | undefined => {
    const key = keyOf(tenant, id);
    // What was asked about lately is among those that stay in any case.
    const last = known.peek(key);
    if (last === undefined) return undefined;
    const ageMs = elapsedMs() - last.atMs;
    if (ageMs >= freshMs) return undefined;
    use(key, tenant, id);
    return { value: last.value, ageMs };
  };

  const look = async (tenant: string, id: string): Promise<Said<V> | undefined> => {
    const key = keyOf(tenant, id);
    const last = known.get(key);
    const ageMs = last === undefined ? Number.POSITIVE_INFINITY : elapsedMs() - last.atMs;
    const asked = ask(tenant, id, key);
    if (last === undefined || ageMs >= staleMs) return asked;
    try {
      return await withPatience(asked, patienceMs, last);
    } catch (error) {
      if (reasonOf(toFault(error)) === "DEPENDENCY_DOWN") return last;
      throw error;
    }
  };

  return {
    get: async (tenant, id) => (atHand(tenant, id) ?? (await look(tenant, id)))?.value,
    async getWithAge(tenant, id) {
      const fresh = atHand(tenant, id);
      if (fresh !== undefined) return fresh;
      const said = await look(tenant, id);
      return said && { value: said.value, ageMs: elapsedMs() - said.atMs };
    },
    atHand,
    forget(tenant, id) {
      const key = keyOf(tenant, id);
      known.delete(key);
      asking.delete(key);
      refreshed.delete(key);
    },
  };
}

/** The length makes it unmistakable where the tenant ends. */
function keyOf(tenant: string, id: string): string {
  return `${tenant.length}:${tenant}${id}`;
}
