import type { KeyFile } from "../keys/key-file.ts";
import { dropKeys, type RotationStep, type StepOptions, takeStep } from "../keys/rotation.ts";

/** What one step of a rotation made of a key file. */
export type Rotation = RotationStep & {
  /** The keys that left the file, because every link that they signed has expired. */
  readonly dropped: readonly string[];
};

/** What a step depends on beside the file. */
export type RotationOptions = Omit<StepOptions, "harm"> & {
  /** The longest life of a link. */
  readonly maxExpiresInS: number;
};

/** A copy of the file that arrives late lets its replica sign with a retired key for so long. */
const lateCopyMs = 86_400_000;

/**
 * Takes the next step of a rotation, of which there are two: see `takeStep`. Keys retired for more than the
 * longest life of a link and a day are dropped on the way.
 * Throws an Error for the operator if the second step comes less than a minute after the first.
 */
export function rotateShareKeys(file: KeyFile, options: RotationOptions): Rotation {
  const { nowMs, maxExpiresInS } = options;
  const goneSinceMs = nowMs - maxExpiresInS * 1000 - lateCopyMs;
  const dropped = [...file.retired].filter(([, atMs]) => atMs < goneSinceMs).map(([kid]) => kid);
  return { ...takeStep(dropKeys(file, dropped), { ...options, harm: "refuse its links" }), dropped };
}
