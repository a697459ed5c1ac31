import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "@bufbuild/protobuf";

/** A documented call: a path below the dashboards' own, and its JSON. */
export type ApiCall = { readonly method: "GET" | "POST" | "DELETE"; readonly path: string; readonly body?: JsonObject };

/** What a call was answered. */
export type ApiAnswer = { readonly status: number; readonly text: string };

/** Calls as one tenant. The answer is whole: a connection that breaks before rejects. */
export type Caller = (call: ApiCall, key?: string) => Promise<ApiAnswer>;

/**
 * Creates a caller. Its calls each take a connection of their own, which a tap can tell apart, unless they are told
 * to keep theirs, which is faster.
 */
export function createCaller(port: number, token: string, { keepAlive = false } = {}): Caller {
  const agent = keepAlive ? new Agent({ keepAlive }) : false;
  return ({ method, path, body }, key) => {
    const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
    const sent = body === undefined ? "" : JSON.stringify(body);
    const asked = request({
      agent,
      host: "127.0.0.1",
      port,
      method,
      path: `/api/v1/data-consumption/dashboards${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        "content-length": Buffer.byteLength(sent),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(key !== undefined && { "x-request-id": key }),
      },
    });
    asked.once("error", reject).once("response", (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      answer.once("error", reject).once("end", () => resolve({ status: answer.statusCode!, text }));
    });
    asked.end(sent);
    return promise;
  };
}

/** What a caller may be told while the database is away, while there is too much to do, or while its call still runs. */
export function isPassing({ status, text }: ApiAnswer): boolean {
  return status === 503 || (status === 409 && text.includes("IDEMPOTENCY_IN_FLIGHT"));
}

/** How long a caller goes on, and how often it tries: a busy machine may take seconds for what is due at once. */
const patienceMs = 10_000;
const retryMs = 50;

/** Calls until the answer is one that does not pass with time, and returns that; the last one when none comes. */
export async function insist(caller: Caller, call: ApiCall, key?: string): Promise<ApiAnswer> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const answer = await caller(call, key);
    if (!isPassing(answer) || performance.now() > until) return answer;
    await sleep(retryMs);
  }
}

/** Makes a call that has to succeed, and returns what it answers. */
export async function succeed(caller: Caller, call: ApiCall, key?: string): Promise<JsonObject> {
  const { status, text } = await insist(caller, call, key);
  if (status !== 200) throw new Error(`${call.method} ${call.path} was answered ${status} ${text}`);
  return JSON.parse(text) as JsonObject;
}
