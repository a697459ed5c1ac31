import { networkFailure } from "../network-failure.ts";
import { SourceError, type SourceFailure } from "../source-error.ts";

/** Says why a request failed on its way. What the other side says stays unsaid, as do names and addresses. */
export function toHttpError(error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  const codes = codesOf(error);
  const reason = reasons.find(([pattern]) => codes.some((code) => pattern.test(code)));
  if (reason !== undefined) return new SourceError("source_failed", reason[1]);
  for (const code of codes) {
    const failure = networkFailure(code);
    if (failure !== undefined) return failure;
  }
  return new SourceError("source_unavailable", "the connection was lost");
}

/** Whether a connection that was kept ended before anything of an answer came. */
export function isCutOff(error: unknown): boolean {
  return codesOf(error).some((code) => /^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test(code));
}

/** Returns why an answer of that status is no answer; undefined for 200. */
export function statusFailure(status: number): SourceError | undefined {
  if (status === 200) return undefined;
  const known = statuses[status];
  if (known !== undefined) return new SourceError(...known);
  if (status >= 500) return new SourceError("source_unavailable", `the service failed (${status})`);
  if (status >= 400) return new SourceError("source_failed", `the service refuses the request (${status})`);
  if (status >= 300)
    return new SourceError("source_failed", `the answer is a redirect (${status}), which is not followed`);
  return new SourceError("source_failed", `the answer's status is ${status}, and only 200 has rows`);
}

const statuses: Readonly<Record<number, readonly [SourceFailure, string]>> = {
  401: ["source_failed", "the credentials are refused (401)"],
  403: ["source_failed", "the credentials are refused (403)"],
  404: ["source_failed", "the service has nothing under this path (404)"],
  407: ["source_failed", "the answer is a proxy's, which wants credentials (407)"],
  408: ["source_unavailable", "the service did not wait for the request (408)"],
  429: ["source_unavailable", "the service has too much to do (429)"],
};

/** By the names and codes of undici and its parser. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^UND_ERR_HEADERS_OVERFLOW$|^HPE_HEADER_OVERFLOW$/, "the answer's headers are larger than 16 KiB"],
  [/^(HPE_|HTTPParserError$|ERR_ASSERTION$)/, "the answer is not HTTP"],
  [/^UND_ERR_INVALID_ARG$/, "a header of the connection cannot be sent"],
];

/** The names and codes of an error and of what caused it. */
function codesOf(error: unknown): readonly string[] {
  const codes: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    codes.push(at.name);
    if ("code" in at && typeof at.code === "string") codes.push(at.code);
  }
  return codes;
}
