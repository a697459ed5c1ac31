import { toJsonString } from "@bufbuild/protobuf";
import { type RenderResponse, RenderResponseSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { type CompressedHead, compressHead, gzipWithTail } from "../cache/split-gzip.ts";
import type { RenderedDashboard } from "./rendered.ts";

/** The JSON of an answer, of which the most is kept as bytes. */
export type KeptJson = {
  bytes(): Uint8Array;
  /** Resolves with the same in the form of gzip. */
  gzip(): Promise<Uint8Array>;
};

/** The JSON of a render up to the end of its HTML, which is nearly all of it. */
type Head = { readonly bytes: Uint8Array; compressed?: Promise<CompressedHead> | undefined };

/** The HTML is the first field of the message. */
const opening = '{"html":';
const emptyHtml = '""';

/**
 * Creates the JSON of answers to Render. That of the HTML is made and compressed once, and lasts as long as the render
 * it is of: what stands behind it, such as the ttl, is another each second.
 */
export function createRenderJson(): (answer: RenderResponse, rendered: RenderedDashboard) => KeptJson {
  const heads = new WeakMap<RenderedDashboard, Head>();
  return (answer, rendered) => {
    const head: Head = heads.get(rendered) ?? { bytes: Buffer.from(opening + JSON.stringify(rendered.html)) };
    heads.set(rendered, head);
    const rest = toJsonString(
      RenderResponseSchema,
      { ...answer, html: "" },
      { useProtoFieldName: true, alwaysEmitImplicit: true },
    );
    const tail = Buffer.from(rest.slice((opening + emptyHtml).length));
    return {
      bytes: () => Buffer.concat([head.bytes, tail]),
      async gzip() {
        head.compressed ??= compressHead(head.bytes);
        return gzipWithTail(await head.compressed, tail);
      },
    };
  };
}
