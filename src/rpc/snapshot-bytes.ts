import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Presentation } from "../render/dashboard.ts";

/** What a link shows for ever. */
export type Snapshot = {
  /** The dashboard, as such a link shows it. */
  readonly html: string;
  readonly title: string;
  readonly presentation: Presentation;
  /** When the oldest of its data was read; when it was made, where it shows none. */
  readonly asOfMs: number;
  /** The style sheet that it was drawn for, by its path and digest: what a later release serves may know it no more. */
  readonly style: { readonly path: string; readonly integrity: string };
};

/** Returns a snapshot as bytes: gzipped, what it is beside its HTML as a line of JSON, then the HTML. */
export async function snapshotToBytes({ html, ...rest }: Snapshot): Promise<Uint8Array> {
  return compress(`${JSON.stringify(rest)}\n${html}`);
}

/** Returns what `snapshotToBytes` made bytes of. Throws for other bytes, and for more than any page holds. */
export async function parseSnapshot(bytes: Uint8Array): Promise<Snapshot> {
  const plain = await decompress(bytes, { maxOutputLength: maxPlainBytes });
  const lineEnd = plain.indexOf(0x0a);
  const rest = JSON.parse(plain.toString("utf8", 0, lineEnd)) as Omit<Snapshot, "html">;
  return { ...rest, html: plain.toString("utf8", lineEnd + 1) };
}

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Twice what the 2 Mi characters of a page take at most. */
const maxPlainBytes = 16 * 1024 * 1024;
