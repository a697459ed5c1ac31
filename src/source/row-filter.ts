import { rangeNames } from "../definition/bound-names.ts";
import { type Binding, type BoundValue, isList, type Scalar } from "../definition/filter-value.ts";
import type { Column, TimeColumn } from "../frame/frame.ts";
import { wallClockMs } from "./wall-clock.ts";

/**
 * Creates the test that says which rows a binding keeps. A value bound to a column's name keeps the
 * rows equal to it, a list those equal to any of it, and a range those of a column of times that lie
 * in it, its end excluded. A value of another type equals nothing: a filter that cannot hold hides all.
 */
export function createRowFilter(
  columns: readonly Column[],
  binding: Binding,
  timezone: string,
): (row: number) => boolean {
  const tests = columns.flatMap((column) => {
    const { from, to } = rangeNames(column.name);
    return [
      equalityTest(column, binding[column.name], timezone),
      spanTest(column, binding[from], (cellMs, fromMs) => cellMs >= fromMs, timezone),
      spanTest(column, binding[to], (cellMs, toMs) => cellMs < toMs, timezone),
    ].filter((test) => test !== undefined);
  });
  return (row) => tests.every((test) => test(row));
}

type Test = (row: number) => boolean;

function equalityTest(column: Column, bound: BoundValue | undefined, timezone: string): Test | undefined {
  if (bound === undefined || bound === null) return undefined;
  const wanted: readonly Scalar[] = isList(bound) ? bound : [bound];
  if (column.type === "time") {
    const tests = wanted.map((scalar) => timeTest(column, scalar, timezone));
    return (row) => tests.some((test) => test(row));
  }
  // Where cells of several types meet in a column they are its strings, and so is what is asked of it.
  const values = new Set<unknown>(column.type === "string" ? wanted.map(plainText) : wanted);
  return (row) => values.has(column.values[row]);
}

function timeTest(column: TimeColumn, wanted: Scalar, timezone: string): Test {
  if (typeof wanted !== "object") return () => false;
  const { values, zoned } = column;
  if (wanted.kind === "instant") return (row) => values[row] === wanted.epochMs;
  const dayMs = Date.parse(wanted.iso);
  return (row) => {
    const cellMs = values[row]!;
    if (Number.isNaN(cellMs)) return false;
    const wallMs = zoned ? wallClockMs(cellMs, timezone) : cellMs;
    return wallMs >= dayMs && wallMs < dayMs + 86_400_000;
  };
}

function spanTest(
  column: Column,
  bound: BoundValue | undefined,
  holds: (cellMs: number, boundMs: number) => boolean,
  timezone: string,
): Test | undefined {
  if (column.type !== "time" || bound === undefined || bound === null) return undefined;
  if (typeof bound !== "object" || isList(bound) || bound.kind !== "instant") return undefined;
  const boundMs = column.zoned ? bound.epochMs : wallClockMs(bound.epochMs, timezone);
  return (row) => holds(column.values[row]!, boundMs);
}

function plainText(scalar: Scalar): string | undefined {
  return typeof scalar === "object" ? undefined : String(scalar);
}
