import type { ShareKeyFile } from "./share-keys.ts";

/** What one step of a rotation made of a key file. */
export type Rotation = {
  readonly file: ShareKeyFile;
  /** `added`: a next key is there, with which nobody signs yet. `switched`: it is the current one. */
  readonly step: "added" | "switched";
  /** The key that was added or switched to. */
  readonly kid: string;
  /** The keys that ceased to sign in this step; their links go on working. */
  readonly retired: readonly string[];
  /** The keys that left the file, because every link that they signed has expired. */
  readonly dropped: readonly string[];
};

/** What a step depends on beside the file. */
export type RotationOptions = {
  /** The key to be added. */
  readonly random32: Uint8Array;
  readonly nowMs: number;
  /** The longest life of a link. */
  readonly maxExpiresInS: number;
  /** Whether the operator knows that every replica has read the next key, however new it is. */
  readonly isKnownEverywhere: boolean;
};

/** How long the next key has to be in the file: replicas read it every few seconds, copies of it take longer. */
const minSettlingMs = 60_000;

/** A copy of the file that arrives late lets its replica sign with a retired key for so long. */
const lateCopyMs = 86_400_000;

/**
 * Takes the next step of a rotation. It has two, so that no replica meets a link whose key it has not
 * read: the first adds the next key, the second makes it the current one and retires the others. Keys
 * retired for more than the longest life of a link and a day are dropped on the way.
 * Throws an Error for the operator if the second step comes less than a minute after the first.
 */
export function rotateShareKeys(file: ShareKeyFile, options: RotationOptions): Rotation {
  const { nowMs, maxExpiresInS } = options;
  const goneSinceMs = nowMs - maxExpiresInS * 1000 - lateCopyMs;
  const dropped = [...file.retired].filter(([, atMs]) => atMs < goneSinceMs).map(([kid]) => kid);
  const kept = {
    ...file,
    keys: without(file.keys, dropped),
    retired: without(file.retired, dropped),
  };
  const step = kept.next === undefined ? add(kept, options) : switchTo(kept.next, kept, options);
  return { ...step, dropped };
}

function add(file: ShareKeyFile, { random32, nowMs }: RotationOptions): Omit<Rotation, "dropped"> {
  const kid = nextKid([...file.keys.keys()]);
  const keys = new Map([...file.keys, [kid, random32] as const]);
  return { file: { ...file, keys, next: { kid, sinceMs: nowMs } }, step: "added", kid, retired: [] };
}

function switchTo(
  { kid, sinceMs }: NonNullable<ShareKeyFile["next"]>,
  file: ShareKeyFile,
  { nowMs, isKnownEverywhere }: RotationOptions,
): Omit<Rotation, "dropped"> {
  const waitS = Math.ceil((sinceMs + minSettlingMs - nowMs) / 1000);
  if (waitS > 0 && !isKnownEverywhere) {
    throw new Error(
      `key ${kid} is new: a replica that has not read it would refuse its links. ` +
        `Run this again in ${waitS} s, or with --now if every replica has read it`,
    );
  }
  // Also those that an operator has replaced by hand: from now on it is known that they do not sign.
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
