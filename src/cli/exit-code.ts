/** What the command's exit code says; docs/cli.md lists them for scripts. */
export const exitCodes = {
  /** Done. */
  done: 0,
  /** Differences were found (as `diff` does), or problems in definitions. */
  found: 1,
  /** It was not told what to do, or a file that it was told of cannot be read or written. */
  usage: 2,
  /** The service refused. */
  refused: 3,
  /** The service could not be reached, or is not able to answer. */
  unreachable: 4,
  /** A mistake of ours. */
  mistake: 70,
} as const;

/** One of `exitCodes`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Returns the exit code of work in several parts: that of the part that went worst. */
export function worst(codes: Iterable<ExitCode>): ExitCode {
  let found: ExitCode = exitCodes.done;
  for (const code of codes) if (code > found) found = code;
  return found;
}
