import { createHash } from "node:crypto";
import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { readingOrder, readsOf } from "../definition/reading-order.ts";
import { idToViewName } from "../definition/view-name.ts";
import type { Frame } from "../frame/frame.ts";
import type { DuckdbTable } from "./duckdb/protocol.ts";
import type { SourceOutcome } from "./runner.ts";
import { SourceError } from "./source-error.ts";

/** A datasource that a derived one reads, and what came of it. */
export type SourceRead = { readonly id: string; readonly outcome: SourceOutcome };

type Answered = SourceOutcome & { readonly ok: true };

/**
 * Runs all that a datasource reads, each once and side by side where they can be, then the datasource
 * itself. One that reads what it cannot is run without any.
 *
 * @param run never rejects
 */
export function runInOrder(
  datasource: Datasource,
  datasources: readonly Datasource[],
  run: (datasource: Datasource, reads: readonly SourceRead[]) => Promise<SourceOutcome>,
): Promise<SourceOutcome> {
  const outcomes = new Map<string, Promise<SourceOutcome>>();
  const runAfterReads = async (each: Datasource) => {
    const reads = readsOf(each).map(async (id) => ({ id, outcome: await outcomes.get(id) }));
    return run(each, (await Promise.all(reads)).filter(isRead));
  };
  for (const each of readingOrder(datasource, datasources) ?? [datasource]) outcomes.set(each.id, runAfterReads(each));
  return outcomes.get(datasource.id)!;
}

function isRead(read: { readonly id: string; readonly outcome: SourceOutcome | undefined }): read is SourceRead {
  return read.outcome !== undefined;
}

/** What a derived source's query is run over. */
type DerivedInputs = {
  readonly tables: readonly DuckdbTable[];
  /** A text of their content that no other content has. */
  readonly key: string;
  /** Whether one of them was cut. */
  readonly truncated: boolean;
  /** Returns what came of the query as no fresher than what it was run over. */
  readonly date: (outcome: Answered) => Answered;
};

/** Takes the rows that a derived source reads. Throws `source_failed` where some lack, or are more than `maxBytes`. */
export function toDerivedInputs(
  ids: readonly string[],
  reads: readonly SourceRead[],
  { maxBytes, frameBytes }: { readonly maxBytes: number; readonly frameBytes: (frame: Frame) => number },
): DerivedInputs {
  const answers = ids.map((id): Answered => {
    const outcome = reads.find((read) => read.id === id)?.outcome;
    if (outcome?.ok !== true) throw new SourceError("source_failed", "a datasource that it reads is missing");
    if (frameBytes(outcome.frame) > maxBytes)
      throw new SourceError("source_failed", "a datasource that it reads has more bytes than a source may answer");
    return outcome;
  });
  const tables = answers.map(({ frame }, at) => ({ name: idToViewName(ids[at]!), frame }));
  return {
    tables,
    key: JSON.stringify(tables.map(({ name, frame }) => [name, digestOf(frame)])),
    truncated: answers.some(({ frame }) => frame.truncated),
    date(outcome) {
      const all = [outcome, ...answers];
      const asOfMs = Math.min(...all.map((each) => each.asOfMs));
      const endMs = Math.min(...all.map((each) => each.asOfMs + each.ttlS * 1000));
      const shownUntilMs = Math.min(...all.map((each) => each.shownUntilMs));
      return { ...outcome, asOfMs, ttlS: (endMs - asOfMs) / 1000, shownUntilMs, stale: all.some(({ stale }) => stale) };
    },
  };
}

/** Frames that are kept are asked for again and again. */
const digests = new WeakMap<Frame, string>();

function digestOf(frame: Frame): string {
  const known = digests.get(frame);
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  const { columns, length, truncated } = frame;
  const heads = columns.map((column) => [column.type, column.name, column.type === "time" && column.zoned]);
  hash.update(JSON.stringify([heads, length, truncated]));
  for (const { type, values } of columns) {
    if (type === "number" || type === "time") hash.update(values);
    else if (type !== "numbers") hash.update(JSON.stringify(values));
    else {
      hash.update(JSON.stringify(values.map((list) => list?.length)));
      for (const list of values) if (list !== null) hash.update(list);
    }
  }
  const digest = hash.digest("base64url");
  digests.set(frame, digest);
  return digest;
}
