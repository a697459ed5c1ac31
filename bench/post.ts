import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "@bufbuild/protobuf";

/** On a machine that others use too, the database may be late. */
const attempts = 5;

/**
 * Posts JSON with a bearer token, and throws with what was answered where it was refused. It asks again where the
 * service is too busy: what is prepared is not measured.
 */
export async function post(url: string, token: string, body: JsonObject): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (answer.ok) return;
    if (answer.status !== 503 || attempt === attempts) throw new Error(`${url}: ${answer.status} ${text}`);
    await sleep(1_000);
  }
}
