import type { HttpResponse } from "../http-response.ts";
import { type CaseRecord, firstResponse, judgedOutcomes, lastResponse, responsesOf } from "../record.ts";
import { ofRecord, type Properties } from "./property.ts";

/** Properties of two responses, or of many. */
export const comparisonProperties: Properties = {
  same_status_as_step_1: compare("status", ({ status }) => status),
  same_body_as_step_1: compare("body", ({ body }) => body),
  same_headers_as_step_1: compare("headers", lastingHeaders),
  not_same_body_as_step_1: ofRecord((record) =>
    firstResponse(record)?.body === lastResponse(record)?.body ? "the same body as the first" : undefined,
  ),
  all_2xx_same_body: ofRecord((record) => {
    const bodies = responsesOf(judgedOutcomes(record)).flatMap(({ status, body }) => (status < 300 ? [body] : []));
    return new Set(bodies).size > 1 ? "bodies that differ" : undefined;
  }),
  all_200: ofRecord((record) =>
    responsesOf(judgedOutcomes(record)).every(({ status }) => status === 200) ? undefined : "not all 200",
  ),
  B_unaffected: ofRecord(({ steps }) => {
    const own = responsesOf(steps.flatMap(({ outcomes }) => outcomes.filter(({ caller }) => caller === "B")));
    if (own.length === 0) return "B has asked nothing";
    return own.every(({ status, body }) => status === 200 && body.includes("CANARY_B")) ? undefined : "B was disturbed";
  }),
};

function compare(what: string, part: (response: HttpResponse) => unknown) {
  return ofRecord((record: CaseRecord) => {
    const [first, last] = [firstResponse(record), lastResponse(record)];
    if (first === undefined || last === undefined) return "nothing to compare";
    return JSON.stringify(part(first)) === JSON.stringify(part(last)) ? undefined : `another ${what} than the first`;
  });
}

/** The headers of a response but those that differ each time. */
export function lastingHeaders({ headers }: HttpResponse): readonly (readonly [string, string])[] {
  return headers.filter(([name]) => !/^(date|x-request-id|ratelimit.*)$/.test(name));
}
