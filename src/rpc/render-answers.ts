import { create, type Message } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type RenderResponse, RenderResponseSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { PageAssets } from "../render/dashboard.ts";
import { createRenderJson, type KeptJson } from "./render-json.ts";
import type { RenderedDashboard } from "./rendered.ts";

/** Answers to Render, which last no longer than the renders that they are made of. */
export type RenderAnswers = {
  /** Returns the answer that a rendered version is: the same object as long as it says the same. */
  answerOf(rendered: RenderedDashboard, version: number): RenderResponse;
  /** Returns the JSON of a message that is such an answer, undefined for any other. */
  jsonOf(message: Message): KeptJson | undefined;
};

/** Creates the answers. */
export function createRenderAnswers(options: {
  readonly assets: Pick<PageAssets, "script" | "style">;
  readonly now: () => number;
}): RenderAnswers {
  const { assets, now } = options;
  const lastOf = new WeakMap<RenderedDashboard, RenderResponse>();
  const renderedOf = new WeakMap<Message, RenderedDashboard>();
  const jsonOf = new WeakMap<Message, KeptJson>();
  const toJson = createRenderJson();
  return {
    answerOf(rendered, version) {
      const ttlS = Math.max(0, Math.ceil((rendered.freshUntilMs - now()) / 1000));
      const last = lastOf.get(rendered);
      if (last !== undefined && last.ttlS === ttlS && last.version === version) return last;
      const answer = create(RenderResponseSchema, {
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
      lastOf.set(rendered, answer);
      renderedOf.set(answer, rendered);
      return answer;
    },
    jsonOf(message) {
      const rendered = renderedOf.get(message);
      if (rendered === undefined) return undefined;
      const json = jsonOf.get(message) ?? toJson(message as RenderResponse, rendered);
      jsonOf.set(message, json);
      return json;
    },
  };
}
