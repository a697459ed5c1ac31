import type { Frame } from "../../frame/frame.ts";
import { createFrameBuilder, type FrameBuilder } from "../frame-builder.ts";
import { SourceError } from "../source-error.ts";
import { type ClickhouseColumn, readColumnType } from "./column.ts";
import type { Profile } from "./settings.ts";

/** What of an answer is kept, and what the server can do; one that is not known can do little. */
export type AnswerOptions = { readonly maxRows: number; readonly maxBytes: number; readonly profile?: Profile };

/** Reads an answer line by line. */
export type RowReader = {
  /** Takes the next line. Returns whether more lines are wanted. */
  take(line: string): boolean;
  /**
   * Returns what came where the answer goes wrong, empty where it only has no end; undefined for a whole one,
   * and for one of which no more is wanted.
   *
   * @param cutShort whether lines were left out
   */
  problem(cutShort: boolean): string | undefined;
  /** Returns the rows so far. Throws SourceError where not even their columns came. */
  toFrame(cutShort: boolean): Frame;
};

/**
 * Creates a reader of the format JSONCompact, which servers of every age write alike: a head with the columns,
 * a line for each row, and a foot.
 */
export function createRowReader({ maxRows, maxBytes, profile }: AnswerOptions): RowReader {
  const zoned = profile?.has("date_time_output_format") ?? false;
  const revive = profile?.has("output_format_json_quote_decimals") ? undefined : keepDigits;
  let columns: readonly ClickhouseColumn[] = [];
  let builder: FrameBuilder | undefined;
  let head = "";
  let foot: string | undefined;
  let broken: string | undefined;
  let full = false;

  return {
    take(line) {
      if (broken !== undefined) {
        broken += `${line}\n`;
        return broken.length < maxErrorLength;
      }
      try {
        return takePart(line, line.trim());
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        broken = `${line}\n`;
        return true;
      }
    },
    problem(cutShort) {
      if (broken !== undefined) return broken;
      if (full || cutShort) return undefined;
      if (foot === undefined) return head;
      try {
        const { exception } = JSON.parse(`{${foot}`) as { exception?: unknown };
        return exception === undefined ? undefined : String(exception);
      } catch {
        return foot;
      }
    },
    toFrame(cutShort) {
      if (builder === undefined) throw new SourceError("source_failed", "the answer is too large");
      return builder.toFrame(cutShort);
    },
  };

  function takePart(line: string, text: string): boolean {
    if (foot !== undefined) foot += line;
    else if (builder === undefined) takeHead(line, text);
    else if (text === "]" || text === "],") foot = "";
    else if (text.length > 1) {
      const row: unknown[] = JSON.parse(text.endsWith(",") ? text.slice(0, -1) : text, revive);
      full = !builder.addRow(columns.map(({ toCell }, at) => toCell(row[at] ?? null)));
    }
    return !full;
  }

  function takeHead(line: string, text: string): void {
    if (text !== '"data":') {
      head += line;
      return;
    }
    const { meta }: Head = JSON.parse(`${head.trimEnd().replace(/,$/, "")}}`);
    columns = meta.map(({ type }) => readColumnType(type, { zoned }));
    const heads = columns.map((column, at) => ({ ...column, name: meta[at]!.name }));
    builder = createFrameBuilder(heads, { maxRows, maxBytes });
    head = "";
  }
}

type Head = { readonly meta: readonly { readonly name: string; readonly type: string }[] };

const maxErrorLength = 65_536;

/** Gives numbers as they were written, for servers that do not put quotes around those with many digits. */
function keepDigits(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === "number" ? context?.source : value;
}
