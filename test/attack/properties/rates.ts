import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type HttpResponse, headerOf } from "../http-response.ts";
import { judgedOutcomes, type Outcome } from "../record.ts";
import { errorShape } from "./errors.ts";
import { p99 } from "./load.ts";
import { ofRecord, ofResponses, type Properties, type Property } from "./property.ts";

/** Properties of a limit on rates, which need one that is in force. */
export const rateProperties: Properties = {
  some_429: ofRecord((record) => (judgedOutcomes(record).some(is429) ? undefined : "nobody was refused")),
  ratelimit_headers: ofResponses((response) => {
    const [policy, left] = [headerOf(response, "ratelimit-policy") ?? "", headerOf(response, "ratelimit") ?? ""];
    if (!/^"[\w-]+";q=\d+(;w=\d+)?$/.test(policy)) return `RateLimit-Policy is ${policy}`;
    return /^"[\w-]+";r=\d+(;t=\d+)?$/.test(left) ? undefined : `RateLimit is ${left}`;
  }),
  ok_le_40_documented: ofRecord((record) => {
    const shareLimits = record.steps.some(({ pressure }) => pressure?.shareLimits);
    if (shareLimits) return tooMany(judgedOutcomes(record), 20);
    const text = readFileSync(join(import.meta.dirname, "../../../docs/runbook.md"), "utf8");
    if (!/rates are counted per process/.test(text)) return "docs/runbook.md does not say that each process counts";
    return tooMany(judgedOutcomes(record), 40);
  }),
};

/** Properties of what a limit on rates says, wherever it may be met. */
export const refusalProperties: Properties = {
  retry_after_on_429: ofResponses((response) =>
    response.status !== 429 || /^[1-9]\d*$/.test(headerOf(response, "retry-after") ?? "")
      ? undefined
      : "a 429 without Retry-After",
  ),
  error_shape_on_429: ofResponses((response, outcome) =>
    response.status === 429 ? errorShape(response, outcome) : undefined,
  ),
};

/** Returns the property of `ok_le_20`, `ok_rate_9_to_11`, `any_1s_window_le_20` and their like. */
export function rateFamily(name: string): Property | undefined {
  const [, most] = /^ok_le_(\d+)$/.exec(name) ?? [];
  if (most !== undefined) return ofRecord((record) => tooMany(judgedOutcomes(record), Number(most)));
  const [, least, limit] = /^ok_rate_(\d+)_to_(\d+)$/.exec(name) ?? [];
  if (least !== undefined) {
    return ofRecord((record) => {
      const { rps = 1, s = 0 } = record.steps.findLast(({ step }) => step.do === "paced")?.step ?? {};
      const outcomes = judgedOutcomes(record);
      const perSecond = outcomes.filter(isOk).length / (s || outcomes.length / rps);
      const fits = perSecond >= Number(least) && perSecond <= Number(limit);
      return fits ? undefined : `${perSecond.toFixed(2)} a second`;
    });
  }
  const [, limitMs, status] = /^p99_lt_(\d+)_for_(\d{3})$/.exec(name) ?? [];
  if (limitMs !== undefined) return p99(({ response }) => `${response?.status}` === status, Number(limitMs));
  const [, seconds, inWindow] = /^any_(\d+)s_window_le_(\d+)$/.exec(name) ?? [];
  return seconds === undefined
    ? undefined
    : ofRecord((record) => crowded(judgedOutcomes(record), +seconds, +inWindow!));
}

function tooMany(outcomes: readonly Outcome[], most: number): string | undefined {
  const count = outcomes.filter(isOk).length;
  return count <= most ? undefined : `${count} were let through`;
}

/** Says where more were let through within a window, certainly: sent and answered within it. */
function crowded(outcomes: readonly Outcome[], seconds: number, most: number): string | undefined {
  const through = outcomes.filter(isOk);
  for (const { sentAtMs: from } of through) {
    const until = from + seconds * 1_000;
    const count = through.filter(({ sentAtMs, latencyMs }) => sentAtMs >= from && sentAtMs + latencyMs < until).length;
    if (count > most) return `${count} within ${seconds} s`;
  }
  return undefined;
}

function isOk({ response }: Outcome): boolean {
  return isGood(response);
}

function isGood(response: HttpResponse | undefined): boolean {
  return response !== undefined && response.status >= 200 && response.status < 300;
}

function is429({ response }: Outcome): boolean {
  return response?.status === 429;
}
