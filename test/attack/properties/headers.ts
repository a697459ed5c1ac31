import { type HttpResponse, headerOf } from "../http-response.ts";
import { responsesOf } from "../record.ts";
import { everyResponse, ofRecord, ofResponses, type Properties } from "./property.ts";

/** Properties of heads. */
export const headerProperties: Properties = {
  content_type_json: everyResponse("not application/json", (response) =>
    /^application\/json\b/.test(headerOf(response, "content-type") ?? ""),
  ),
  html_page: everyResponse(
    "not a page",
    (response) => headerOf(response, "content-type") === "text/html; charset=utf-8",
  ),
  nosniff: everyResponse("no nosniff", (response) => headerOf(response, "x-content-type-options") === "nosniff"),
  cache_private: everyResponse("may be cached", (response) =>
    /private|no-store/.test(headerOf(response, "cache-control") ?? ""),
  ),
  cache_no_store: everyResponse("may be cached", (response) =>
    /no-store/.test(headerOf(response, "cache-control") ?? ""),
  ),
  frame_ancestors: everyResponse("no frame-ancestors", (response) =>
    /frame-ancestors /.test(headerOf(response, "content-security-policy") ?? ""),
  ),
  no_cors: everyResponse("allows an origin", ({ headers }) => lacks(headers, "access-control-allow-origin")),
  no_set_cookie: everyResponse("sets a cookie", ({ headers }) => lacks(headers, "set-cookie")),
  no_server_banner: everyResponse(
    "tells its product",
    ({ headers }) => lacks(headers, "x-powered-by") && lacks(headers, "server"),
  ),
  request_id_present: everyResponse("no X-Request-Id", (response) => headerOf(response, "x-request-id") !== undefined),
  request_id_safe: ofResponses(unsafeRequestId),
  no_header_injection: ofResponses(strangeHeader),
  share_headers: ofResponses(looseLinkHeaders),
  csp_strict: ofResponses(loosePolicy),
  nonce_unique_or_hash_based: ofRecord(({ steps }) => {
    const policies = responsesOf(steps.flatMap(({ outcomes }) => outcomes)).map(policyOf);
    const nonces = policies.flatMap((policy) => policy.match(/'nonce-[^']+'/g)?.filter(isFirst) ?? []);
    return new Set(nonces).size === nonces.length ? undefined : "two responses have the same nonce";
  }),
};

function isFirst(value: string, at: number, all: readonly string[]): boolean {
  return all.indexOf(value) === at;
}

function policyOf(response: HttpResponse): string {
  return headerOf(response, "content-security-policy") ?? "";
}

/** Says where a policy lets more in than it must. */
function loosePolicy(response: HttpResponse): string | undefined {
  const directives = new Map(
    policyOf(response)
      .split(";")
      .map((directive) => directive.trim().split(/\s+/))
      .map(([name = "", ...sources]) => [name.toLowerCase(), sources.join(" ")] as const),
  );
  const fallback = directives.get("default-src") ?? "*";
  const scripts = directives.get("script-src") ?? fallback;
  if (!/^'(none|self)'$/.test(fallback)) return `default-src is ${fallback}`;
  if (/unsafe-(inline|eval)|\*|(^|\s)(data:|https?:)(\s|$)/.test(scripts)) return `script-src is ${scripts}`;
  if ((directives.get("object-src") ?? fallback) !== "'none'") return "object-src is not 'none'";
  if (directives.get("base-uri") !== "'none'") return "base-uri is not 'none'";
  const missing = ["form-action", "frame-ancestors"].find((name) => !directives.get(name));
  return missing && `no ${missing}`;
}

function lacks(headers: HttpResponse["headers"], name: string): boolean {
  return headers.every(([each]) => each !== name);
}

/** Says what is wrong with the request id that a response carries. */
export function unsafeRequestId(response: HttpResponse): string | undefined {
  const id = headerOf(response, "x-request-id");
  return id !== undefined && /^(?!.*[<>"'])[!-~]{1,255}$/.test(id) ? undefined : `the request id ${id}`;
}

/** All that the service ever sets. */
const ownHeaders = new Set([
  ...["allow", "cache-control", "connection", "content-encoding", "content-length", "content-type", "date", "etag"],
  "content-disposition",
  ...["keep-alive", "ratelimit", "ratelimit-policy", "retry-after", "transfer-encoding", "vary", "www-authenticate"],
  ...["x-content-type-options", "x-request-id", "referrer-policy", "x-robots-tag", "x-frame-options"],
  ...["grpc-status", "grpc-message", "grpc-status-details-bin"],
  ...["content-security-policy", "cross-origin-opener-policy", "cross-origin-resource-policy"],
]);

/** Names a header that the service does not set by itself, or one that is there twice. */
export function strangeHeader({ headers }: HttpResponse): string | undefined {
  const names = headers.map(([name]) => name);
  const strange = names.find((name, index) => !ownHeaders.has(name) || names.indexOf(name) !== index);
  return strange && `the header ${strange}`;
}

function looseLinkHeaders(response: HttpResponse): string | undefined {
  const wanted: [string, RegExp][] = [
    ["referrer-policy", /^no-referrer$/],
    ["x-robots-tag", /noindex/],
    ["cache-control", /^private, no-store$/],
    ["x-content-type-options", /^nosniff$/],
    ["content-security-policy", /default-src 'none'/],
  ];
  const loose = wanted.find(([name, value]) => !value.test(headerOf(response, name) ?? ""));
  return loose && `${loose[0]} is ${headerOf(response, loose[0])}`;
}
