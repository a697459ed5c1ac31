import type { KeyFile } from "../keys/key-file.ts";
import { dropKeys, minSettlingMs, type RotationStep, type StepOptions, takeStep } from "../keys/rotation.ts";

/** What one step of a rotation made of a key file, before secrets are sealed anew. */
export type SecretRotation = RotationStep | { readonly file: KeyFile; readonly step: "finishing" };

/** What dropping made of a key file. */
export type Dropped = {
  readonly file: KeyFile;
  readonly dropped: readonly string[];
  /** Retired keys that must stay: secrets are sealed with them, or a replica may be about to do so. */
  readonly kept: readonly string[];
};

/**
 * Takes the next step of a rotation. It has three: the first adds the next key, the second makes it the
 * current one and retires the others, and the third drops those, once `dropUnused` finds that nothing needs
 * them. After the second and in the third every secret is sealed anew with the current key.
 * Throws an Error for the operator if the second comes less than a minute after the first.
 */
export function rotateSecretKeys(file: KeyFile, options: Omit<StepOptions, "harm">): SecretRotation {
  if (file.next === undefined && file.retired.size > 0) return { file, step: "finishing" };
  return takeStep(file, { ...options, harm: "not open what it seals" });
}

/**
 * Drops the retired keys that no secret is sealed with any more. One that was retired less than a minute ago
 * stays, unless every replica is known to have read so: one that has not still seals with it.
 */
export function dropUnused(
  file: KeyFile,
  used: ReadonlySet<string>,
  { nowMs, isKnownEverywhere }: Pick<StepOptions, "nowMs" | "isKnownEverywhere">,
): Dropped {
  const mayGo = (kid: string, atMs: number) => !used.has(kid) && (isKnownEverywhere || atMs + minSettlingMs <= nowMs);
  const dropped = [...file.retired].filter(([kid, atMs]) => mayGo(kid, atMs)).map(([kid]) => kid);
  const kept = [...file.retired.keys()].filter((kid) => !dropped.includes(kid));
  return { file: dropKeys(file, dropped), dropped, kept };
}
