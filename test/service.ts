/**
 * A whole service for tests: the real wiring on a database of its own, in this process, on a free
 * port of the loopback. Close it, or the process stays up.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@bufbuild/protobuf";
import type { Grant } from "../src/auth/development-issuer.ts";
import { type Config, parseConfig } from "../src/config/config.ts";
import { createLog, type Log } from "../src/log/log.ts";
import { startService } from "../src/main/service.ts";
import type { Tracing } from "../src/tracing/open-tracing.ts";
import { createTestDatabase, type TestDatabase } from "./store/database.ts";

/** A service under test. */
export type TestService = {
  readonly url: string;
  /** Of the port for operators; undefined without `ADMIN_PORT`. */
  readonly adminUrl: string | undefined;
  /** Where the documented paths begin. */
  readonly api: string;
  /** One folder a tenant, for files to query. */
  readonly filesDir: string;
  /** Mints a token; of the tenant, by `tester`, with every documented scope, for an hour unless told. */
  token(grant: Partial<Grant>): Promise<string>;
  /** Calls a documented path with JSON. */
  post(path: string, body: JsonObject | string, headers?: Record<string, string>): Promise<Response>;
  /** Saves a definition as the tenant, and fails loudly if that is refused. */
  save(tenant: string, request: JsonObject): Promise<void>;
  close(): Promise<void>;
};

/**
 * The configuration of a service under test, on a database and a data folder of its own. Environment variables given
 * replace those of the tests' own.
 */
export function testConfig(database: TestDatabase, dataDir: string, env: Record<string, string>): Config {
  return parseConfig(
    {
      DATABASE_URL: database.url,
      DATABASE_MIGRATE_URL: database.ownerUrl,
      PUBLIC_URL: "https://links.test",
      PORT: "0",
      RATE_PER_SECOND: "1000",
      RATE_BURST: "1000",
      DEMO: "off",
      ...env,
    },
    dataDir,
  );
}

/** Starts one. Environment variables given replace those of the tests' own. It logs nothing unless a log is given. */
export async function startTestService(
  env: Record<string, string> = {},
  log: Log = createLog("silent"),
  tracing?: Tracing,
): Promise<TestService> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), "dashboards-"));
  // Queries run as another user, who must be able to read the files.
  chmodSync(dataDir, 0o755);
  const config = testConfig(database, dataDir, env);
  const service = await startService(config, { log, tracing });
  const api = `${service.url}/api/v1/data-consumption/dashboards`;

  const token = (grant: Partial<Grant>) =>
    service.issuer!.mint({
      tenant: "acme",
      subject: "tester",
      scopes: ["dashboards:render", "dashboards:publish", "dashboards:share", "connections:write"],
      expiresInS: 3_600,
      ...grant,
    });
  const post = async (path: string, body: JsonObject | string, headers: Record<string, string> = {}) =>
    fetch(`${api}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${await token({})}`, "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  return {
    url: service.url,
    adminUrl: service.adminUrl,
    api,
    filesDir: config.filesDir,
    token,
    post,
    async save(tenant, request) {
      const answer = await post("/definitions", request, { authorization: `Bearer ${await token({ tenant })}` });
      if (!answer.ok) throw new Error(`${request.dashboard_id} was not saved: ${await answer.text()}`);
    },
    async close() {
      await service.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
