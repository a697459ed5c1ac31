/** What came of a case in a world. */
export type CaseResult = {
  readonly id: string;
  readonly verdict: "passed" | "tolerated" | "failed";
  readonly problem?: string;
  readonly tookMs: number;
};

/** What a world says at its end. */
export type EndOfRun = {
  /** All that the service has logged. */
  readonly log: readonly string[];
  /** Contacts that were made to see whether they are seen, and were not. */
  readonly unseen: readonly string[];
  readonly tookMs: number;
};

/** Says what a world's log is not: JSON lines throughout, without a token and anything of a secret or a result. */
export function problemsOfLog({ log }: EndOfRun): readonly string[] {
  const odd = log.filter((line) => !isLogLine(line) || /eyJ[\w-]{8,}|CANARY_/.test(line));
  return odd.map((line) => line.slice(0, 300));
}

/** Whether a line of the log is one JSON object, with nothing in it that moves a terminal. */
export function isLogLine(line: string): boolean {
  if (/\p{Cc}/u.test(line)) return false;
  try {
    const { level, msg } = JSON.parse(line) as Record<string, unknown>;
    return typeof level === "string" && typeof msg === "string";
  } catch {
    return false;
  }
}
