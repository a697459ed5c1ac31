import { gunzipSync } from "node:zlib";
import type { Way } from "./compare-kept.ts";
import { type RawRequest, startRawClient } from "./raw-client.ts";
import { startReference } from "./reference.ts";
import { type RawAnswer, takeRawAnswers } from "./take-raw-answers.ts";
import { dashboardId, renderPath } from "./tenants.ts";

/** Renders by REST, with these headers beside the usual; the reference is node:http and sends the very same bytes. */
export function rest(headers: Readonly<Record<string, string>>): Way<RawAnswer> {
  const toRequests = (tokens: readonly string[]) =>
    tokens.map(
      (token): RawRequest => ({
        path: renderPath,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
        body: JSON.stringify({ dashboard_id: dashboardId }),
      }),
    );
  return {
    takeAnswers: (url, tokens) => takeRawAnswers(url, toRequests(tokens)),
    toMessage: (answer) => JSON.parse(`${isCompressed(answer) ? gunzipSync(answer.body) : answer.body}`),
    startReference: (answers) => startReference(import.meta.resolve("./raw-reference.ts"), answers),
    startClient: (url, tokens) => startRawClient(url, toRequests(tokens)),
  };
}

function isCompressed({ headers }: RawAnswer): boolean {
  return headers.some((value, at) => value === "gzip" && headers[at - 1]?.toLowerCase() === "content-encoding");
}
