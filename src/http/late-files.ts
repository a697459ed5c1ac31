import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Answer } from "./answer.ts";
import { isKnownForm } from "./assets.ts";
import { takesCoding } from "./compress.ts";

/** A text that is read when it is first asked for, because few ever ask. */
export type LateFile = {
  readonly read: () => Promise<Uint8Array>;
  /** Its type, how long it may be kept, and what else is sent with it. */
  readonly headers: Readonly<Record<string, string>>;
};

/** Returns what answers a path, or undefined where no file is. */
export type LateFiles = (path: string, headers: IncomingHttpHeaders) => (() => Promise<Answer>) | undefined;

/**
 * Creates the answers for late files. Each form of one, plain or compressed, is made by the first request that takes it,
 * on a thread of its own, and kept. What fails is tried again by the next request.
 */
export function createLateFiles(files: ReadonlyMap<string, LateFile>): LateFiles {
  const kept = new Map<string, Promise<Form>>();
  return (path, headers) => {
    const file = files.get(path);
    if (file === undefined) return undefined;
    return async () => {
      const accepted = `${headers["accept-encoding"] ?? ""}`;
      const coding = codings.find((each) => takesCoding(accepted, each));
      const key = `${path} ${coding}`;
      const made = kept.get(key) ?? toForm(file, coding);
      kept.set(key, made);
      const form = await made.catch((error: unknown) => {
        kept.delete(key);
        throw error;
      });
      return isKnownForm(headers["if-none-match"], form.etag)
        ? { status: 304, headers: form.headers, body: "" }
        : { status: 200, headers: form.headers, body: form.body };
    };
  };
}

type Form = { readonly etag: string; readonly headers: Answer["headers"]; readonly body: Uint8Array };
type Coding = keyof typeof compress;

const codings: readonly Coding[] = ["br", "gzip"];

const compress = {
  // The first reader waits for it. The best quality takes fifty times as long, for a twelfth less.
  br: (bytes: Uint8Array) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (bytes: Uint8Array) => promisify(gzip)(bytes, { level: 9 }),
};

async function toForm({ read, headers }: LateFile, coding: Coding | undefined): Promise<Form> {
  const plain = await read();
  const digest = createHash("sha256").update(plain).digest("base64url").slice(0, 22);
  const etag = coding === undefined ? `"${digest}"` : `"${digest}-${coding}"`;
  const body = coding === undefined ? plain : await compress[coding](plain);
  return {
    etag,
    headers: { ...headers, vary: "accept-encoding", etag, ...(coding !== undefined && { "content-encoding": coding }) },
    body,
  };
}
