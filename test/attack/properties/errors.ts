import { type HttpResponse, headerOf, jsonOf } from "../http-response.ts";
import type { Outcome } from "../record.ts";
import { everyResponse, ofResponses, type Properties } from "./property.ts";

/** Properties of answers that refuse. */
export const errorProperties: Properties = {
  no_5xx: ofResponses(({ status }) => (status < 500 ? undefined : `status ${status}`)),
  no_5xx_but_503: ofResponses((response) =>
    response.status < 500 || (response.status === 503 && jsonOf(response)?.error === "dependency_down")
      ? undefined
      : `status ${response.status}`,
  ),
  error_shape: ofResponses(errorShape),
  error_shape_if_body: ofResponses(errorShapeIfBody),
  no_internals: ofResponses(internals),
  no_reflect: ofResponses(reflection),
  www_authenticate: everyResponse(
    "no WWW-Authenticate: Bearer",
    (response) => response.status !== 401 || /^Bearer\b/.test(headerOf(response, "www-authenticate") ?? ""),
  ),
  retry_after: everyResponse("no Retry-After", (response) =>
    /^[1-9]\d*$/.test(headerOf(response, "retry-after") ?? ""),
  ),
};

const errorStrings: Readonly<Record<number, string>> = {
  400: "invalid_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "version_conflict",
  429: "rate_limited",
  500: "internal_error",
  503: "dependency_down",
};

const errorKeys = new Set(["error", "message", "reason", "details"]);

/** Methods of RPC, which have an error form of their own. */
const rpcPath = /^\/datajetty\.[\w.]+\//;

/** Says how an error is not the documented one. Dead links answer a page instead. */
export function errorShape(response: HttpResponse, { path }: Outcome): string | undefined {
  const { status } = response;
  const type = headerOf(response, "content-type") ?? "";
  if (rpcPath.test(path)) return undefined;
  if (status < 400 || (path.startsWith("/s/") && type.startsWith("text/html"))) return undefined;
  const json = jsonOf(response);
  if (!/^application\/json\b/.test(type) || json === undefined) return `an error of the type ${type}`;
  const extra = Object.keys(json).find((key) => !errorKeys.has(key));
  if (extra !== undefined) return `an error with the key ${extra}`;
  return json.error === errorStrings[status] ? undefined : `status ${status} with the error ${json.error}`;
}

/** The same, where there is a body at all. */
export function errorShapeIfBody(response: HttpResponse, outcome: Outcome): string | undefined {
  return response.body === "" ? undefined : errorShape(response, outcome);
}

const internalMarks = [
  /\n\s+at .+:\d+:\d+/,
  /node_modules|node:internal|file:\/\/[^\s"\\<]+\.[cm]?[jt]s\b/,
  /\/(src|gen|test)\/[\w/-]+\.[jt]s/,
  /SQLSTATE|syntax error at|violates \w+ constraint|relation "|column "\w+" does not exist/i,
  /FST_ERR|\bERR_[A-Z]+|\bHPE_[A-Z]+|\bE(CONNREFUSED|CONNRESET|NOENT|ACCES|PIPE)\b/,
  /(Drizzle\w*|Postgres|Connect|Type|Range|Reference|Syntax)Error\b|JWSInvalid|JWTExpired|protobuf-es|protovalidate/,
  /\.s\.PGSQL|postgres(ql)?:\/\/|\bpostgres\.js\b/i,
  /^x-powered-by:|^server: .*\d/im,
];

/** Says what of our insides a response shows. */
export function internals({ head, body }: HttpResponse): string | undefined {
  const found = internalMarks.find((mark) => mark.test(head) || mark.test(body));
  return found && `shows ${found.exec(`${head}\n${body}`)?.[0]}`;
}

/** Says what of a refused request its answer repeats: a value, as it was or escaped. */
export function reflection({ status, body }: HttpResponse, { inputs }: Outcome): string | undefined {
  if (status < 400) return undefined;
  const repeated = inputs.find((input) => formsOf(input).some((form) => contains(body, form)));
  return repeated === undefined ? undefined : `repeats ${JSON.stringify(repeated)}`;
}

/** A number within a longer one is another number. */
function contains(body: string, form: string): boolean {
  return /^\d+$/.test(form) ? new RegExp(`(?<![-\\d])${form}(?!\\d)`).test(body) : body.includes(form);
}

function formsOf(input: string): readonly string[] {
  const inJson = JSON.stringify(input).slice(1, -1);
  const inHtml = input.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
  const named = input
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
  return [input, inJson, inHtml, named];
}
