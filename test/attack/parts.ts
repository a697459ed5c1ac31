import { brotliCompressSync, constants, createGzip } from "node:zlib";
import type { Part } from "./corpus.ts";

/** Bytes are made this many at a time, so that a body of any size takes little memory. */
const chunkBytes = 65_536;

/** Yields the bytes of a body. Text passes through `fill`, which puts values in place of variables. */
export async function* partsToBytes(
  parts: readonly Part[],
  fill: (text: string) => string,
): AsyncGenerator<Buffer, void, void> {
  for (const part of parts) yield* partToBytes(part, fill);
}

async function* partToBytes(part: Part, fill: (text: string) => string): AsyncGenerator<Buffer, void, void> {
  if (typeof part === "string") yield Buffer.from(fill(part));
  else if ("hex" in part) yield Buffer.from(part.hex, "hex");
  else if ("repeat" in part) yield* repeated(part.repeat, part.n);
  else if ("cycle" in part) yield* counted(part.cycle, part.n, part.sep ?? "");
  else if ("gzip" in part) yield* compressed(part.gzip, fill);
  else yield brotliCompressSync(Buffer.concat(await Array.fromAsync(partsToBytes(part.brotli, fill))));
}

function* repeated(text: string, n: number): Generator<Buffer, void, void> {
  const atOnce = Math.max(1, Math.floor(chunkBytes / text.length));
  const chunk = Buffer.from(text.repeat(Math.min(n, atOnce)));
  for (let left = n; left > 0; left -= atOnce) {
    yield left >= atOnce ? chunk : Buffer.from(text.repeat(left));
  }
}

function* counted(text: string, n: number, separator: string): Generator<Buffer, void, void> {
  let pending = "";
  for (let index = 0; index < n; index += 1) {
    pending += (index === 0 ? "" : separator) + text.replaceAll("%d", `${index}`);
    if (pending.length < chunkBytes) continue;
    yield Buffer.from(pending);
    pending = "";
  }
  if (pending !== "") yield Buffer.from(pending);
}

async function* compressed(parts: readonly Part[], fill: (text: string) => string): AsyncGenerator<Buffer, void, void> {
  // Runs are all that there is to find in text that is repeated, and looking for no more is five times as fast.
  const gzip = createGzip({ level: 9, strategy: constants.Z_RLE });
  const fed = (async () => {
    for await (const bytes of partsToBytes(parts, fill)) {
      if (!gzip.write(bytes)) await new Promise((resolve) => gzip.once("drain", resolve));
    }
    gzip.end();
  })();
  yield* gzip;
  await fed;
}
