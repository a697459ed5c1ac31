import { create, toBinary, toJsonString } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
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
  const aroundTtl = rememberRest(findAroundTtl);
  const behindTtl = rememberRest((rest) => toBinary(RenderResponseSchema, rest));
  return (answer, rendered) => ({
    json: join(jsonHeads, rendered, () => {
      const { before, after } = aroundTtl(answer, rendered);
      return Buffer.from(before + answer.ttlS + after);
    }),
    // The field of the ttl follows that of the HTML.
    binary: join(binaryHeads, rendered, () => Buffer.concat([ttlField(answer.ttlS), behindTtl(answer, rendered)])),
  });
}

/** Remembers what is made of an answer without its HTML, which it has before it, and its ttl, which is another each second. */
function rememberRest<Made>(
  make: (rest: RenderResponse) => Made,
): (answer: RenderResponse, rendered: RenderedDashboard) => Made {
  const known = new WeakMap<RenderedDashboard, { readonly version: number; readonly made: Made }>();
  return (answer, rendered) => {
    const { version } = answer;
    let last = known.get(rendered);
    if (last?.version !== version) {
      last = { version, made: make({ ...answer, html: "", ttlS: 0 }) };
      known.set(rendered, last);
    }
    return last.made;
  };
}

function findAroundTtl(rest: RenderResponse): { readonly before: string; readonly after: string } {
  const json = toJsonString(RenderResponseSchema, rest, jsonOptions);
  const place = json.lastIndexOf('"ttl_s":0,');
  if (place < 0) throw new Error("the answer's JSON has no ttl");
  const at = place + '"ttl_s":'.length;
  return { before: json.slice((opening + emptyHtml).length, at), after: json.slice(at + 1) };
}

function ttlField(ttlS: number): Uint8Array {
  // What is zero is left out.
  if (ttlS === 0) return new Uint8Array();
  return new BinaryWriter().tag(RenderResponseSchema.field.ttlS.number, WireType.Varint).int32(ttlS).finish();
}

/** The bytes of a render up to the end of its HTML. */
type Head = {
  readonly bytes: Uint8Array;
  compressed?: CompressedHead | Promise<CompressedHead> | undefined;
};

type Heads = (rendered: RenderedDashboard) => Head;

function createHeads(make: (rendered: RenderedDashboard) => Uint8Array): Heads {
  const heads = new WeakMap<RenderedDashboard, Head>();
  return (rendered) => {
    const head = heads.get(rendered) ?? { bytes: make(rendered) };
    heads.set(rendered, head);
    return head;
  };
}

async function compress(head: Head): Promise<CompressedHead> {
  try {
    const compressed = await compressHead(head.bytes);
    head.compressed = compressed;
    return compressed;
  } catch (error) {
    head.compressed = undefined;
    throw error;
  }
}

function join(headOf: Heads, rendered: RenderedDashboard, makeTail: () => Uint8Array): KeptBytes {
  let made: Uint8Array | undefined;
  let zipped: Chunks | Promise<Chunks> | undefined;
  const tail = () => {
    made ??= makeTail();
    return made;
  };
  const zip = () => {
    const head = headOf(rendered);
    head.compressed ??= compress(head);
    if (!(head.compressed instanceof Promise)) return gzipWithTail(head.compressed, tail());
    return head.compressed.then(
      (compressed) => {
        zipped = gzipWithTail(compressed, tail());
        return zipped;
      },
      (error) => {
        // Whoever asks next has it tried again.
        zipped = undefined;
        throw error;
      },
    );
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
