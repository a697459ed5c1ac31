import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Answer } from "./answer.ts";
import { takesCoding } from "./compress.ts";

/** A file that never changes under its path. */
export type Asset = {
  /** Its Content-Type. */
  readonly type: string;
  readonly body: Uint8Array;
  /** The same, compressed. Read once, when the path is first asked for. */
  readonly gzip?: Uint8Array;
  readonly br?: Uint8Array;
};

/** Makes the asset that a path stands for, or returns undefined where it stands for none. */
export type MakeAsset = (path: string) => Asset | undefined;

/** Answers what is asked for at a path, or returns undefined where no asset is. */
export type Assets = (path: string, headers: IncomingHttpHeaders) => Answer | undefined;

/**
 * Creates the answers for assets. Their content follows from their paths, so that they are kept for a
 * year, and any page may use them: dashboards are embedded in pages of other origins.
 *
 * @param makeAsset makes what is at paths that are too many to keep; nothing of it is kept here
 */
export function createAssets(assets: ReadonlyMap<string, Asset>, makeAsset: MakeAsset = () => undefined): Assets {
  const kept = new Map<string, readonly Form[]>();
  const formsOf = (path: string) => {
    const asset = assets.get(path);
    if (asset === undefined) {
      const made = makeAsset(path);
      return made && toForms(made);
    }
    const forms = kept.get(path) ?? toForms(asset);
    kept.set(path, forms);
    return forms;
  };
  return (path, headers) => {
    const forms = formsOf(path);
    if (forms === undefined) return undefined;
    const accepted = `${headers["accept-encoding"] ?? ""}`;
    // The form as it is comes last, so that one is always found.
    const form = forms.find(({ coding }) => coding === undefined || takesCoding(accepted, coding))!;
    return isKnownForm(headers["if-none-match"], form.etag)
      ? { status: 304, headers: form.headers, body: "" }
      : { status: 200, headers: form.headers, body: form.body };
  };
}

/** Whether the form with a tag is what the caller has already (RFC 9110, 13.1.2). */
export function isKnownForm(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}

type Form = {
  readonly coding: string | undefined;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

function toForms({ type, body, gzip, br }: Asset): readonly Form[] {
  const digest = createHash("sha256").update(body).digest("base64url").slice(0, 22);
  const toForm = (coding: string | undefined, bytes: Uint8Array): Form => {
    // Each form has its own tag: a strong one stands for bytes.
    const etag = coding === undefined ? `"${digest}"` : `"${digest}-${coding}"`;
    const headers = {
      "content-type": type,
      "cache-control": "public, max-age=31536000, immutable",
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      vary: "accept-encoding",
      etag,
      ...(coding !== undefined && { "content-encoding": coding }),
    };
    return { coding, etag, headers, body: bytes };
  };
  return [
    ...(br === undefined ? [] : [toForm("br", br)]),
    ...(gzip === undefined ? [] : [toForm("gzip", gzip)]),
    toForm(undefined, body),
  ];
}
