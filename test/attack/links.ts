import type { Step } from "./corpus.ts";
import { publicOrigin } from "./environment.ts";
import { jsonOf } from "./http-response.ts";
import { forgeShareTokens, mutate } from "./mutate.ts";
import type { Outcome, StepRecord } from "./record.ts";
import { request, type Scope } from "./scope.ts";
import type { StepKind } from "./steps/step-kind.ts";
import { constants, fillIn, fillInDeep } from "./variables.ts";

/** Makes a link, and keeps its token under the step's name. */
export const share: StepKind = {
  fields: ["dashboard", "expires_in_s", "filters", "viewer_filters"],
  run: async (scope, step) => ({ step, outcomes: [await makeLink(scope, step)] }),
};

/** Opens a link as a browser would, at the public origin; a forgery with each of its keys. */
export const open: StepKind = {
  fields: ["token", "mutate", "query", "method", "headers", "forge"],
  run: async (scope, step, index) => ({ step, outcomes: await openLinks(scope, step, index) }),
};

/** Withdraws a link, as its maker. */
export const revoke: StepKind = { fields: ["token"], run: withdraw };

async function makeLink(scope: Scope, step: Step): Promise<Outcome> {
  const body = {
    dashboard_id: fillIn(step.dashboard!, scope.variables),
    expires_in_s: step.expires_in_s,
    ...(step.filters && { filters: fillInDeep(step.filters, scope.variables) }),
    ...(step.viewer_filters && { viewer_filters: step.viewer_filters }),
  };
  const outcome = await request(scope, {
    method: "POST",
    path: constants.SHARE as string,
    auth: step.auth ?? "A",
    headers: [["content-type", "application/json"]],
    body: [JSON.stringify(body)],
  });
  const { url, share_id } = (outcome.response && jsonOf(outcome.response)) ?? {};
  if (typeof url === "string") {
    const token = url.slice(`${publicOrigin}/s/`.length);
    scope.variables[step.save ?? "tok"] = token;
    scope.shareIds.set(token, `${share_id}`);
  }
  return outcome;
}

async function openLinks(scope: Scope, step: Step, index?: number): Promise<readonly Outcome[]> {
  const variables = index === undefined ? scope.variables : { ...scope.variables, i: `${index}` };
  const tokens =
    step.forge === undefined
      ? [
          step.mutate === undefined
            ? fillIn(step.token!, variables)
            : mutate(fillIn(step.token!, variables), step.mutate),
        ]
      : forgeShareTokens(
          variables.SHARE_TOKEN_A as string,
          fillInDeep(step.forge, variables),
          variables.SHARE_KEY as string | undefined,
        );
  const outcomes: Outcome[] = [];
  for (const token of tokens) {
    outcomes.push(
      await request(scope, {
        method: step.method ?? "GET",
        path: `/s/${token}${step.query ?? ""}`,
        auth: "none",
        headers: [["host", new URL(publicOrigin).host], ...Object.entries(step.headers ?? {})],
        body: [],
      }),
    );
  }
  return outcomes;
}

async function withdraw(scope: Scope, step: Step): Promise<StepRecord> {
  const shareId = scope.shareIds.get(fillIn(step.token!, scope.variables));
  const path = `${String(constants.SHARE).replace(/share$/, "shares")}/${shareId}`;
  await request(scope, { method: "DELETE", path, auth: "A", headers: [], body: [] });
  return { step, outcomes: [] };
}
