import type { Column } from "../../../gen/datajetty/source/v1/source_service_pb.js";
import type { Frame } from "../../frame/frame.ts";
import type { ReadBounds } from "../connector.ts";
import { createFrameBuilder, type FrameBuilder, type FrameCell, type FrameHead } from "../frame-builder.ts";
import { SourceError } from "../source-error.ts";
import { readMessage } from "./message.ts";

/** Gathers the rows of a service's messages. */
export type GrpcRows = {
  /**
   * Takes the next message. Returns whether more are wanted. Throws SourceError for one that is not as the
   * contract has it, by its place and its column's, because names are data.
   */
  take(message: Uint8Array): boolean;
  /** Returns the rows that fit. */
  toFrame(): Frame;
};

/** Of all messages together: 5 MiB, as of a web service's answer. */
export const maxAnswerBytes = 5 * 1024 * 1024;

/** A message counts as at least so many bytes, because even an empty one takes its time. */
const minMessageBytes = 512;

/** Creates what gathers them. The columns are those of the first message that has any. */
export function createGrpcRows({ maxRows, maxBytes }: Pick<ReadBounds, "maxRows" | "maxBytes">): GrpcRows {
  let first: { readonly builder: FrameBuilder; readonly heads: readonly FrameHead[] } | undefined;
  let bytes = 0;
  let messages = 0;
  let cutShort = false;

  return {
    take(message) {
      messages += 1;
      bytes += Math.max(message.byteLength, minMessageBytes);
      if (bytes > maxAnswerBytes) {
        cutShort = true;
        return false;
      }
      const response = readMessage(message);
      if (typeof response === "string") throw failed(response);
      const { rows, columns } = response;
      // It says nothing: the first of no rows at all, or a sign of life.
      if (rows === 0 && columns.length === 0) return true;
      const heads = columns.map(toHead);
      first ??= { builder: createFrameBuilder(checkNames(heads), { maxRows, maxBytes }), heads };
      if (!isSame(first.heads, heads)) throw failed("has other columns than the first");
      const cells = columns.map((column, at) => cellsOf(column, rows, (problem) => failed(problem, at)));
      if (rows > 0 && columns.length === 0) throw failed("has rows, but no column");
      for (let row = 0; row < rows; row += 1) {
        if (!first.builder.addRow(cells.map((cell) => cell(row)))) return false;
      }
      return true;
    },
    toFrame: () => first?.builder.toFrame(cutShort) ?? { columns: [], length: 0, truncated: cutShort },
  };

  function toHead({ name, values }: Column, at: number): FrameHead {
    if (values.case === undefined) throw failed("has no values", at);
    const zoned = values.case === "times" && values.value.zoned;
    return { name, type: types[values.case], zoned };
  }

  function checkNames(heads: readonly FrameHead[]): readonly FrameHead[] {
    const names = new Set<string>();
    for (const [at, { name }] of heads.entries()) {
      if (name === "") throw failed("has no name", at);
      if (names.has(name)) throw failed("has another column's name", at);
      names.add(name);
    }
    return heads;
  }

  function failed(problem: string, column?: number): SourceError {
    const where = column === undefined ? "" : `, column ${column + 1}`;
    return new SourceError("source_failed", `response ${messages}${where} ${problem}`);
  }
}

const types = {
  doubles: "double",
  integers: "exact",
  decimals: "exact",
  strings: "text",
  booleans: "boolean",
  times: "time",
} as const satisfies Readonly<Record<string, FrameHead["type"]>>;

function isSame(heads: readonly FrameHead[], others: readonly FrameHead[]): boolean {
  const same = ({ name, type, zoned }: FrameHead, other: FrameHead | undefined) =>
    name === other?.name && type === other.type && zoned === other.zoned;
  return heads.length === others.length && heads.every((head, at) => same(head, others[at]));
}

/** Returns what gives a row's cell. */
function cellsOf(
  { nulls, values }: Column,
  rows: number,
  failed: (problem: string) => SourceError,
): (row: number) => FrameCell {
  const list = values.case === "times" ? values.value.epochMs : (values.value?.values ?? []);
  if (list.length !== rows) throw failed("has not one value for each row");
  const isAscending = nulls.every((row, at) => row < rows && row > (nulls[at - 1] ?? -1));
  if (!isAscending) throw failed("has nulls that are not ascending places of rows");
  const missing = new Set(nulls);
  if (values.case === "decimals" && values.value.values.some((text, row) => !missing.has(row) && !decimal.test(text))) {
    throw failed("has a decimal that is none");
  }
  if (values.case === "times") return (row) => (missing.has(row) ? null : Number(list[row]));
  return (row) => (missing.has(row) ? null : list[row]);
}

/** As a double, a number has at most some 300 digits before the point, and as many after it. */
const decimal = /^-?\d{1,400}(\.\d{1,400})?$/;
