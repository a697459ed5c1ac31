import type { Readable } from "node:stream";
import type { Frame } from "../../frame/frame.ts";
import { breakFailure } from "./failure.ts";
import { type AnswerOptions, createRowReader, type RowReader } from "./rows.ts";

/**
 * Reads an answer in the format JSONCompact row by row, until its end or its caps, whichever comes first; what
 * is left is then not waited for, and the body is closed. Throws SourceError for an answer that breaks off:
 * by the error that stands there, if one does.
 */
export async function readAnswer(body: Readable, options: AnswerOptions): Promise<Frame> {
  const reader = createRowReader(options);
  const cutShort = await readLines(body, reader, options);
  const problem = reader.problem(cutShort);
  if (problem !== undefined) throw breakFailure(problem);
  return reader.toFrame(cutShort);
}

/** Returns whether there was more than is read. */
async function readLines(body: Readable, reader: RowReader, { maxBytes }: AnswerOptions): Promise<boolean> {
  const decoder = new TextDecoder();
  let left = spareBytes + readFactor * maxBytes;
  let line = "";
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    left -= chunk.length;
    const [end = "", ...lines] = decoder.decode(chunk, { stream: true }).split("\n");
    line += end;
    for (const next of lines) {
      if (!reader.take(line)) return false;
      line = next;
    }
    // A row that long would not fit, and its parser would hold everyone up.
    if (left < 0 || line.length > spareBytes + maxBytes) return true;
  }
  reader.take(line);
  return false;
}

/** How much more is read than is kept: one character may be six in JSON, and two bytes in memory. */
const readFactor = 4;

/** For what stands around the rows. */
const spareBytes = 262_144;
