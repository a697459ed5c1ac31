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
        // JSON that is nested too deep for the stack is no answer either.
        if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
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
      return builder.toFrame(cutShort || full);
    },
  };

  function takePart(line: string, text: string): boolean {
    if (Math.max(head.length, foot?.length ?? 0) > maxEdgeLength) {
      throw new SourceError("source_failed", "what stands around the rows is too long");
    }
    if (foot !== undefined) foot += line;
    else if (builder === undefined) takeHead(line, text);
    else if (text === "]" || text === "],") foot = "";
    else if (text.length > 1) {
      if (!hasFewParts(text)) {
        full = true;
        return false;
      }
      const row: unknown = JSON.parse(text.endsWith(",") ? text.slice(0, -1) : text, revive);
      if (!Array.isArray(row)) throw new SyntaxError("no row");
      full = !builder.addRow(columns.map(({ toCell }, at) => toCell(row[at] ?? null)));
    }
    return !full;
  }

  function takeHead(line: string, text: string): void {
    if (text !== '"data":') {
      head += line;
      return;
    }
    const meta = readMeta(JSON.parse(`${head.trimEnd().replace(/,$/, "")}}`));
    columns = meta.map(({ type }) => readColumnType(type, { zoned }));
    const heads = columns.map((column, at) => ({ ...column, name: meta[at]!.name }));
    builder = createFrameBuilder(heads, { maxRows, maxBytes });
    head = "";
  }
}

type Meta = readonly { readonly name: string; readonly type: string }[];

/** Throws for what is no head: a name that is no text would go wrong only where it is shown. */
function readMeta({ meta }: { readonly meta?: unknown }): Meta {
  const isMeta = (each: Meta[number] | null) => typeof each?.name === "string" && typeof each.type === "string";
  if (!Array.isArray(meta) || !meta.every(isMeta)) throw new SyntaxError("no columns");
  return meta;
}

/** Texts may be long, but each part of a structure takes the parser its time: a row of 16 MB took seconds. */
function hasFewParts(text: string): boolean {
  let parts = 0;
  for (let at = 0; at < text.length && parts <= maxParts; at += 1) {
    const code = text.charCodeAt(at);
    if (code === comma || code === bracket || code === brace) parts += 1;
  }
  return parts <= maxParts;
}

const [comma, bracket, brace] = [0x2c, 0x5b, 0x7b];

/** Of one row. A list may have a thousand, and beyond that it is text of which 1 KiB is kept. */
const maxParts = 50_000;

/** Of the head, and of the foot: a hundred columns with their types, and a row of totals. */
const maxEdgeLength = 262_144;

const maxErrorLength = 65_536;

/** Gives numbers as they were written, for servers that do not put quotes around those with many digits. */
function keepDigits(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === "number" ? context?.source : value;
}
