import type { Writable } from "node:stream";
import { styleText } from "node:util";
import { type CliError, errorToJson } from "./cli-error.ts";
import { toPlainJson, toPlainText } from "./plain-text.ts";

/** A stream that text is written to, which may be a terminal. */
export type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Where the command runs. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told results, and nothing else. */
  readonly stdout: Screen;
  /** Told what people want to know besides. */
  readonly stderr: Screen;
  /** Returns what aborts when whoever runs the command wants it to end, which from then on does not end by itself. */
  readonly untilInterrupted: () => AbortSignal;
};

type Style = "red" | "green" | "yellow" | "cyan" | "bold" | "dim";

/** What a command says, to people or as JSON; nothing of it steers the terminal that shows it. */
export type Terminal = {
  /** Whether results are one JSON value a line. */
  readonly isJson: boolean;
  /** Whether notes go to a screen that people watch, so that progress may be drawn on it. */
  readonly isWatched: boolean;
  readonly stderr: Screen;
  /** Prints a result: as JSON where that is asked for, else in words; words of none are not printed. */
  readonly result: (json: unknown, words: string) => void;
  /** Writes bytes of a result as they are, to a terminal as text that it can show, and resolves when they are out. */
  readonly write: (bytes: string | Uint8Array) => Promise<void>;
  /** Whether results go to a terminal, which must not be sent bytes of a picture. */
  readonly showsResults: boolean;
  /** Tells people something that JSON has already. */
  readonly say: (line: string) => void;
  /** Tells something besides the results, as JSON where that is asked for. */
  readonly note: (line: string) => void;
  readonly fail: (error: CliError) => void;
  /** Colours words of results, on a terminal only, and not where NO_COLOR is set (https://no-color.org). */
  readonly paint: (style: Style, words: string) => string;
};

/** Creates the terminal of one run. */
export function createTerminal({ env, stdout, stderr }: Surroundings, isJson: boolean): Terminal {
  const showsResults = stdout.isTTY === true;
  const isColoured = showsResults && !isJson && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
  return {
    isJson,
    isWatched: stderr.isTTY === true && !isJson,
    stderr,
    showsResults,
    result(json, words) {
      if (isJson) stdout.write(`${toPlainJson(json)}\n`);
      else if (words !== "") stdout.write(`${toPlainText(words, isColoured)}\n`);
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        const shown = showsResults ? toPlainText(Buffer.from(bytes).toString()) : bytes;
        stdout.write(shown, (error) => (error ? reject(error) : resolve()));
      }),
    say: (line) => void (isJson || stderr.write(`${toPlainText(line)}\n`)),
    note: (line) => void stderr.write(isJson ? `${toPlainJson({ note: line })}\n` : `note: ${toPlainText(line)}\n`),
    fail: (error) =>
      void stderr.write(`${isJson ? toPlainJson({ error: errorToJson(error) }) : toPlainText(inWords(error))}\n`),
    paint: (style, words) => (isColoured ? styleText(style, words, { validateStream: false }) : words),
  };
}

function inWords({ message, reason, details, requestId }: CliError): string {
  const said = [reason, requestId === undefined ? undefined : `request ${requestId}`].filter(
    (one) => one !== undefined,
  );
  return [
    `error: ${message}${said.length > 0 ? ` (${said.join(", ")})` : ""}`,
    ...details.map(({ field, description }) => `  ${field === "" ? description : `${field}: ${description}`}`),
  ].join("\n");
}
