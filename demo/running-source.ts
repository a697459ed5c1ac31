/** A server of the demo that runs. */
export type RunningSource = {
  readonly port: number;
  /** Resolves when nothing of it is open any more. */
  readonly close: () => Promise<void>;
};
