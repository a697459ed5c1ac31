import { partsToBytes } from "../parts.ts";
import { exchange } from "../raw-socket.ts";
import { request, resultOf } from "../scope.ts";
import { shownParts } from "../shown.ts";
import { fillIn } from "../variables.ts";
import type { StepKind } from "./step-kind.ts";

/** One request, byte for byte. */
export const http: StepKind = {
  fields: ["method", "path", "headers", "dup_headers", "body"],
  async run(scope, step, index) {
    const outcome = await request(
      scope,
      {
        method: step.method ?? "GET",
        path: step.path!,
        auth: step.auth ?? "none",
        headers: [...(step.dup_headers ?? []), ...Object.entries(step.headers ?? {})],
        body: step.body ?? [],
      },
      index,
    );
    return { step, outcomes: [outcome] };
  },
};

/** Whatever follows a response on its connection follows at once. */
const quietMs = 250;

/** How long a step waits that does not say. */
const defaultWaitMs = 2_000;

/** Bytes to a socket. What comes back is judged response by response. */
export const raw: StepKind = {
  fields: ["parts", "wait_ms"],
  async run(scope, step, index) {
    const variables = index === undefined ? scope.variables : { ...scope.variables, i: `${index}` };
    const fill = (text: string) => fillIn(text, variables);
    const waitMs = step.wait_ms ?? defaultWaitMs;
    const texts = step.parts!.map((part) => (typeof part === "string" ? part : "repeat" in part ? part.repeat : ""));
    const [, method = "", path = ""] = /(\S+) (\S+) HTTP/.exec(fill(texts.join("\r\n"))) ?? [];
    const patience = { method, waitMs, quietMs, endAfterMs: waitMs / 2 };
    const sentAtMs = Date.now();
    const result = await exchange(scope.world.service.port, partsToBytes(step.parts!, fill), patience);
    const sent = shownParts(step.parts!, fill);
    const told = { caller: "none" as const, method, path, inputs: [], json: undefined, sentAtMs, sent };
    const responses = result.responses.length === 0 ? [undefined] : result.responses;
    return { step, outcomes: responses.map((response) => ({ ...told, ...resultOf(result), response })) };
  },
};
