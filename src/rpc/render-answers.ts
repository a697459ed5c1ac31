import { create, type Message } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type RenderResponse, RenderResponseSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { PageAssets } from "../render/dashboard.ts";
import type { KeptMessage } from "../unary/unary-call.ts";
import { createRenderBytes } from "./render-bytes.ts";
import type { RenderedDashboard } from "./rendered.ts";

/** Answers to Render, which last no longer than the renders that they are made of. */
export type RenderAnswers = {
  /** Returns the answer that a rendered version is: the same object as long as it says the same. */
  answerOf(rendered: RenderedDashboard, version: number): RenderResponse;
  /** Returns the bytes of a message that is such an answer, undefined for any other. */
  bytesOf(message: Message): KeptMessage | undefined;
};

/** Creates the answers. */
export function createRenderAnswers(options: {
  readonly assets: Pick<PageAssets, "script" | "style">;
  readonly now: () => number;
}): RenderAnswers {
  const { assets, now } = options;
  const lastOf = new WeakMap<RenderedDashboard, RenderResponse>();
  const keptOf = new WeakMap<Message, KeptMessage>();
  const toBytes = createRenderBytes();
  return {
    answerOf(rendered, version) {
      const ttlS = Math.max(0, Math.ceil((rendered.freshUntilMs - now()) / 1000));
      const last = lastOf.get(rendered);
      if (last !== undefined && last.ttlS === ttlS && last.version === version) return last;
      const answer = last?.version === version ? { ...last, ttlS } : toAnswer(rendered, version, ttlS);
      lastOf.set(rendered, answer);
      keptOf.set(answer, toBytes(answer, rendered));
      return answer;
    },
    bytesOf: (message) => keptOf.get(message),
  };

  function toAnswer(rendered: RenderedDashboard, version: number, ttlS: number): RenderResponse {
    return create(RenderResponseSchema, {
      html: rendered.html,
      digest: rendered.digest,
      assets: { script: assets.script, style: assets.style },
      ttlS,
      version,
      partial: rendered.partial,
      panels: rendered.panels.map(({ id, asOfMs, stale, error }) => ({
        id,
        stale,
        error,
        ...(asOfMs !== undefined && { asOf: timestampFromMs(asOfMs) }),
      })),
    });
  }
}
