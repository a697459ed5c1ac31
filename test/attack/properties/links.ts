import { publicOrigin } from "../environment.ts";
import { headerOf, jsonOf } from "../http-response.ts";
import { judgedOutcomes, type Outcome, responsesOf } from "../record.ts";
import { lastingHeaders } from "./comparisons.ts";
import { everyResponse, ofRecord, ofResponses, type Properties } from "./property.ts";

/** Properties of share links. */
export const linkProperties: Properties = {
  share_shape: ofResponses((response) => {
    const { url, expires_at, share_id, ...extra } = jsonOf(response) ?? {};
    if (Object.keys(extra).length > 0) return `has ${Object.keys(extra)}`;
    const text = [url, share_id].every((value) => typeof value === "string" && value !== "");
    return text && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(`${expires_at}`)
      ? undefined
      : "not url, expires_at, share_id";
  }),
  expires_at_exact: ofResponses((response, { json, sentAtMs }) => {
    const wantedMs = sentAtMs + Number(json?.expires_in_s) * 1000;
    const offMs = Math.abs(Date.parse(`${jsonOf(response)?.expires_at}`) - wantedMs);
    return offMs <= 2_000 ? undefined : `expires ${offMs} ms off`;
  }),
  share_url_is_configured_origin: everyResponse("another origin", (response) =>
    `${jsonOf(response)?.url}`.startsWith(`${publicOrigin}/s/`),
  ),
  share_error_uniform: (scope) => (record) => {
    const { deadLink } = scope.world;
    const answers = judgedOutcomes(record).flatMap(({ response }) => (response?.status === 404 ? response : []));
    const other = answers.find(
      (answer) =>
        answer.body !== deadLink.body ||
        JSON.stringify(lastingHeaders(answer)) !== JSON.stringify(lastingHeaders(deadLink)),
    );
    return other && "another answer than that of other dead links";
  },
  tokens_unique: ofRecord((record) => {
    const tokens = tokensOf(judgedOutcomes(record));
    return new Set(tokens).size === tokens.length && tokens.length > 0 ? undefined : "a token twice";
  }),
  token_len_le_512: ofRecord((record) => tokensOf(judgedOutcomes(record)).find((token) => token.length > 512)),
  jti_bits_ge_128: ofRecord((record) => {
    const ids = responsesOf(judgedOutcomes(record)).map((response) => `${jsonOf(response)?.share_id}`);
    const weak = ids.find((id) => Buffer.from(id, "base64url").length < 16);
    // Of 128 random bits over many ids, none stands still.
    const still = Array.from({ length: 16 }, (_, byte) => new Set(ids.map((id) => Buffer.from(id, "base64url")[byte])));
    return (weak ?? still.some((values) => values.size < 2 && ids.length > 100))
      ? "ids that can be guessed"
      : undefined;
  }),
  token_not_in_html: everyResponse(
    "the token is in the page",
    ({ body }, { path }) => !body.includes(path.slice("/s/".length).split("?")[0]!),
  ),
  referrer_policy_none: everyResponse(
    "tells its address on",
    (response) => headerOf(response, "referrer-policy") === "no-referrer",
  ),
  robots_noindex: everyResponse("may be indexed", (response) =>
    /noindex/.test(headerOf(response, "x-robots-tag") ?? ""),
  ),
};

function tokensOf(outcomes: readonly Outcome[]): readonly string[] {
  return responsesOf(outcomes).map((response) => `${jsonOf(response)?.url}`.slice(`${publicOrigin}/s/`.length));
}
