/** Services that are replicas of each other: in one process, on one database, with the same keys and one Redis. */
import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@bufbuild/protobuf";
import { createLog, type Log } from "../../src/log/log.ts";
import { type Service, startService } from "../../src/main/service.ts";
import { testConfig } from "../service.ts";
import { createTestDatabase } from "../store/database.ts";

/** One of them, as the tenant acme calls it. */
export type Replica = {
  readonly url: string;
  /** Of acme, with every documented scope. */
  readonly token: string;
  /** Calls a documented path; a POST where there is a body. */
  call(path: string, body?: JsonObject): Promise<Answer>;
  /** Opens a link by its path. */
  open(path: string): Promise<Answer>;
  /** Asks `/readyz`, whose last answer serves for a second. */
  ready(): Promise<Answer>;
};

/** An answer, with its body read. */
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: JsonObject;
};

/** Starts two. Environment variables given replace those of the tests' own; close them, or the process stays up. */
export async function startReplicas(
  env: Record<string, string>,
  log: Log = createLog("silent"),
): Promise<{ readonly replicas: readonly [Replica, Replica]; readonly ownerUrl: string; close(): Promise<void> }> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), "dash-replicas-"));
  chmodSync(dataDir, 0o755);
  const rates = { RATE_PER_SECOND: "100000", RATE_BURST: "100000", RATE_LINKS_PER_SECOND: "100000" };
  const config = testConfig(database, dataDir, { ...rates, ...env });
  // One after the other, because the first one makes the keys.
  const [a, b] = [await startService(config, { log }), await startService(config, { log })];
  const scopes = ["dashboards:render", "dashboards:publish", "dashboards:share", "connections:write"];
  const token = await a.issuer!.mint({ tenant: "acme", subject: "tester", scopes, expiresInS: 3_600 });
  return {
    replicas: [toReplica(a, token), toReplica(b, token)],
    ownerUrl: database.ownerUrl,
    async close() {
      await Promise.all([a.close(), b.close()]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function toReplica({ url }: Service, token: string): Replica {
  const api = `${url}/api/v1/data-consumption/dashboards`;
  return {
    url,
    token,
    call: (path, body) =>
      ask(`${api}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "x-request-id": randomUUID() },
        ...(body && { body: JSON.stringify(body) }),
      }),
    open: (path) => ask(`${url}${path}`),
    ready: () => ask(`${url}/readyz`),
  };
}

async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
}
