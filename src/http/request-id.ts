import type { HeaderLines } from "./message.ts";

/** The id of a request. */
export type RequestId = {
  readonly requestId: string;
  /** Whether the caller chose it. */
  readonly requestIdGiven: boolean;
  /** Whether the caller sent one that cannot be used; the id is then ours. */
  readonly requestIdProblem: boolean;
};

/**
 * Reads `X-Request-Id`, which doubles as the idempotency key: one value of 1 to 255 printable ASCII
 * characters without `< > " ' \`, so that it can stand in a log or a page as it is. `Idempotency-Key`
 * is the same under the name of draft-ietf-httpapi-idempotency-key-header; sent along, it must agree.
 */
export function readRequestId(lines: HeaderLines, generate: () => string): RequestId {
  const ids = lines.get("x-request-id") ?? [];
  const keys = lines.get("idempotency-key") ?? [];
  const id = ids[0] ?? keys[0];
  if (id === undefined) return { requestId: generate(), requestIdGiven: false, requestIdProblem: false };
  const agreed = ids.length <= 1 && keys.length <= 1 && (keys[0] ?? id) === id;
  if (agreed && requestIdPattern.test(id)) return { requestId: id, requestIdGiven: true, requestIdProblem: false };
  return { requestId: generate(), requestIdGiven: false, requestIdProblem: true };
}

/** What an id may be. */
export const requestIdPattern = /^(?!.*[<>"'\\])[!-~]{1,255}$/;
