import { create, toBinary, toJsonString } from "@bufbuild/protobuf";
import { type RenderResponse, RenderResponseSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { Chunks, KeptBytes, KeptMessage } from "../unary/unary-call.ts";
import type { RenderedDashboard } from "./rendered.ts";
import { type CompressedHead, compressHead, gzipWithTail } from "./split-gzip.ts";

/** Messages are written as everywhere: by their proto names, with what is zero or empty. */
const jsonOptions = { useProtoFieldName: true, alwaysEmitImplicit: true };

/** The HTML is the first field of the message. */
const opening = '{"html":';
const emptyHtml = '""';

/** Less of it is not worth compressing: it fits a packet anyway. */
const minCompressedChars = 1_024;

/**
 * Creates the bytes of answers to Render. Those of the HTML, which is nearly all, are made and compressed once for a
 * render, when they are first asked for: what stands behind it, such as the ttl, is another each second.
 */
export function createRenderBytes(): (answer: RenderResponse, rendered: RenderedDashboard) => KeptMessage {
  const jsonHeads = createHeads(({ html }) => Buffer.from(opening + JSON.stringify(html)));
  const binaryHeads = createHeads(({ html }) => toBinary(RenderResponseSchema, create(RenderResponseSchema, { html })));
  return (answer, rendered) => {
    const rest = { ...answer, html: "" };
    return {
      json: join(jsonHeads, rendered, () => {
        const text = toJsonString(RenderResponseSchema, rest, jsonOptions);
        return Buffer.from(text.slice((opening + emptyHtml).length));
      }),
      binary: join(binaryHeads, rendered, () => toBinary(RenderResponseSchema, rest)),
    };
  };
}

/** The bytes of a render up to the end of its HTML. */
type Head = { readonly bytes: Uint8Array; compressed?: Promise<CompressedHead> | undefined };

type Heads = (rendered: RenderedDashboard) => Head;

function createHeads(make: (rendered: RenderedDashboard) => Uint8Array): Heads {
  const heads = new WeakMap<RenderedDashboard, Head>();
  return (rendered) => {
    const head = heads.get(rendered) ?? { bytes: make(rendered) };
    heads.set(rendered, head);
    return head;
  };
}

function join(headOf: Heads, rendered: RenderedDashboard, makeTail: () => Uint8Array): KeptBytes {
  let made: Uint8Array | undefined;
  let zipped: Promise<Chunks> | undefined;
  const tail = () => {
    made ??= makeTail();
    return made;
  };
  const zip = async () => {
    const head = headOf(rendered);
    head.compressed ??= compressHead(head.bytes);
    try {
      return gzipWithTail(await head.compressed, tail());
    } catch (error) {
      // Whoever asks next has it tried again.
      [head.compressed, zipped] = [undefined, undefined];
      throw error;
    }
  };
  return {
    plain: () => [headOf(rendered).bytes, tail()],
    ...(rendered.html.length >= minCompressedChars && {
      gzip() {
        zipped ??= zip();
        return zipped;
      },
    }),
  };
}
