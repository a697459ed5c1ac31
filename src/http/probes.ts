import type { Answer } from "./answer.ts";

/** Whether the service can do its work, and what else an operator wants to see; no secrets. */
export type Readiness = { readonly ready: boolean } & Readonly<Record<string, unknown>>;

/** How long what is known of readiness serves all who ask: it costs a statement, and anybody may ask. */
const keptMs = 1_000;

/** Creates the question whether the service is ready, of which the last answer serves for a second. */
export function createReadiness<R extends Readiness>(ready: () => Promise<R>, now: () => number): () => Promise<R> {
  let kept: Promise<R> | undefined;
  let askedAtMs = 0;
  return () => {
    const nowMs = now();
    if (kept === undefined || nowMs - askedAtMs >= keptMs) {
      kept = ready();
      askedAtMs = nowMs;
    }
    return kept;
  };
}

/** Whether a handler is that of a probe (https://github.com/grpc/grpc/blob/master/doc/health-checking.md). */
export function isProbe({ requestPath }: { readonly requestPath: string }): boolean {
  return requestPath.startsWith("/grpc.health.v1.Health/");
}

/** Answers `/healthz`: the process runs. */
export function healthAnswer(): Answer {
  return json(200, { status: "ok" });
}

/** Answers `/readyz`: 200 while traffic is welcome, 503 when it is not, as in a drain. */
export function readinessAnswer({ ready, ...fields }: Readiness, draining: boolean): Answer {
  const status = draining ? "draining" : ready ? "ready" : "unready";
  return json(status === "ready" ? 200 : 503, { status, ...fields });
}

function json(status: number, body: object): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
