import type { KeyFile } from "./key-file.ts";

/** What a step made of a key file: the file, and the key that was added or switched to. */
export type RotationStep = {
  readonly file: KeyFile;
  /** `added`: a next key is there, which nobody uses yet. `switched`: it is the current one. */
  readonly step: "added" | "switched";
  readonly kid: string;
  /** The keys that ceased to be current in this step. What they made can still be read. */
  readonly retired: readonly string[];
};

/** What a step depends on beside the file. */
export type StepOptions = {
  /** The key to be added. */
  readonly random32: Uint8Array;
  readonly nowMs: number;
  /** Whether the operator knows that every replica has read the next key, however new it is. */
  readonly isKnownEverywhere: boolean;
  /** What a replica would do that met what the key made before it has read the key: `refuse its links`. */
  readonly harm: string;
};

/** How long a change has to be in the file: replicas read it every few seconds, copies of it take longer. */
export const minSettlingMs = 60_000;

/**
 * Takes the next step of changing the current key. It has two, so that no replica meets what was made with
 * a key that it has not read: the first adds the next key, the second makes it the current one and
 * retires the others. Throws an Error for the operator if the second comes less than a minute after the first.
 */
export function takeStep(file: KeyFile, options: StepOptions): RotationStep {
  return file.next === undefined ? add(file, options) : switchTo(file.next, file, options);
}

/** Returns the file without some of its keys. */
export function dropKeys(file: KeyFile, kids: readonly string[]): KeyFile {
  return { ...file, keys: without(file.keys, kids), retired: without(file.retired, kids) };
}

function add(file: KeyFile, { random32, nowMs }: StepOptions): RotationStep {
  const kid = nextKid([...file.keys.keys()]);
  const keys = new Map([...file.keys, [kid, random32] as const]);
  return { file: { ...file, keys, next: { kid, sinceMs: nowMs } }, step: "added", kid, retired: [] };
}

function switchTo(
  { kid, sinceMs }: NonNullable<KeyFile["next"]>,
  file: KeyFile,
  { nowMs, isKnownEverywhere, harm }: StepOptions,
): RotationStep {
  const waitS = Math.ceil((sinceMs + minSettlingMs - nowMs) / 1000);
  if (waitS > 0 && !isKnownEverywhere) {
    throw new Error(
      `key ${kid} is new: a replica that has not read it would ${harm}. ` +
        `Run this again in ${waitS} s, or with --now if every replica has read it`,
    );
  }
  // Also those that an operator has replaced by hand: from now on it is known that they are not current.
  const others = [...file.keys.keys()].filter((other) => other !== kid && !file.retired.has(other));
  const retired = new Map([...file.retired, ...others.map((other) => [other, nowMs] as const)]);
  retired.delete(kid);
  return { file: { ...file, current: kid, next: undefined, retired }, step: "switched", kid, retired: others };
}

/** A kid that no key in the file has, and none before them had. */
function nextKid(kids: readonly string[]): string {
  const numbers = kids.map((kid) => Number(/^k(\d{1,6})$/.exec(kid)?.[1] ?? 0));
  return `k${Math.max(...numbers) + 1}`;
}

function without<V>(map: ReadonlyMap<string, V>, names: readonly string[]): ReadonlyMap<string, V> {
  return new Map([...map].filter(([name]) => !names.includes(name)));
}
