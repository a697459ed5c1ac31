/** A problem, and where it is: a path such as `layout.panels[2].datasource`. */
export type Problem = { readonly field: string; readonly description: string };

/** What a call came to. */
export type Outcome<Body> =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly failure: Failure };

/** Why a call failed. */
export type Failure = {
  /** What the documented errors call it; empty where no answer came. */
  readonly reason: string;
  readonly message: string;
  readonly details: readonly Problem[];
  /** After how many milliseconds another try makes sense; undefined where it does not. */
  readonly retryMs: number | undefined;
};

const base = "/api/v1/data-consumption/dashboards";

/** How long after a service that did not answer is asked again. */
const downMs = 2_000;

let token: Promise<Outcome<{ token: string }>> | undefined;

/**
 * Calls the service's documented API. Rejects only as the signal says; whatever else goes wrong is told.
 *
 * @param path follows the base of the API
 * @param body goes by POST where there is one
 */
export async function call<Body>(
  path: string,
  { body, headers, signal }: { body?: object; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Outcome<Body>> {
  const first = await callOnce<Body>(path, body, headers, signal);
  if (first.ok || first.failure.reason !== "UNAUTHENTICATED") return first;
  // It has expired.
  token = undefined;
  return callOnce(path, body, headers, signal);
}

/** Asks for what is only there for this page. */
export function callPreview<Body>(path: string, method: "GET" | "POST"): Promise<Outcome<Body>> {
  return send(`/preview/${path}`, { method, headers: { "x-preview": "1" } });
}

async function callOnce<Body>(
  path: string,
  body: object | undefined,
  headers: Record<string, string> | undefined,
  signal: AbortSignal | undefined,
): Promise<Outcome<Body>> {
  token ??= callPreview("token", "POST");
  const minted = await token;
  if (!minted.ok) {
    token = undefined;
    return minted;
  }
  return send(base + path, {
    method: body ? "POST" : "GET",
    headers: {
      authorization: `Bearer ${minted.body.token}`,
      ...(body && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
}

async function send<Body>(path: string, request: RequestInit): Promise<Outcome<Body>> {
  try {
    const answer = await fetch(path, request);
    const body = await answer.json();
    if (answer.ok) return { ok: true, body: body as Body };
    const { reason = "", message = "", details = [] } = body as Partial<Failure>;
    const wait = Number(answer.headers.get("retry-after"));
    return { ok: false, failure: { reason, message, details, retryMs: wait > 0 ? wait * 1000 : undefined } };
  } catch (error) {
    if (request.signal?.aborted) throw error;
    return {
      ok: false,
      failure: { reason: "", message: "The service does not answer.", details: [], retryMs: downMs },
    };
  }
}
