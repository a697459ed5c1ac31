import { Writable } from "node:stream";
import { runCli } from "../../src/cli/program.ts";
import type { Screen } from "../../src/cli/terminal.ts";

/** What a run of the command did. */
export type Run = { readonly code: number; readonly out: string; readonly err: string };

/** How it is run. */
export type RunOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether both outputs are terminals. */
  readonly isTerminal?: boolean;
  /** Aborts as Ctrl-C does. */
  readonly signal?: AbortSignal;
  /** Told what is written to standard output, as it comes. */
  readonly onOut?: (text: string) => void;
};

/** Runs the command in this process. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { env = {}, isTerminal = false, signal = new AbortController().signal, onOut = () => {} } = options;
  let out = "";
  let err = "";
  const code = await runCli(args, {
    env,
    stdout: screen(isTerminal, (text) => {
      out += text;
      onOut(text);
    }),
    stderr: screen(isTerminal, (text) => {
      err += text;
    }),
    untilInterrupted: () => signal,
  });
  return { code, out, err };
}

/** Reads lines of JSON. */
export function jsonLines(text: string): readonly Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function screen(isTTY: boolean, told: (text: string) => void): Screen {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, _, done) {
      told(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("latin1"));
      done();
    },
  });
  return Object.assign(stream, { isTTY, columns: 80 });
}
