import type { Answer } from "./answer.ts";

/** Whether the service can do its work, and what else an operator wants to see; no secrets. */
export type Readiness = { readonly ready: boolean } & Readonly<Record<string, unknown>>;

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
