import { lookup } from "node:dns/promises";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keySet, startJwksServer } from "../../auth/jwks-server.ts";
import { createTestDatabase } from "../../store/database.ts";
import type { Case } from "../corpus.ts";
import { openDatabaseView } from "../database-view.ts";
import { environmentOf } from "../environment.ts";
import { writeFixtureFiles } from "../fixtures.ts";
import { createTokens, publicKeys } from "../jwt.ts";
import { closePageReader } from "../page-reader.ts";
import { postFixture } from "../send.ts";
import { startServiceProcess } from "../service-process.ts";
import { startSink } from "../sink.ts";
import { constants } from "../variables.ts";
import { secretOfB, type World, type WorldOptions, worldVariables } from "../world.ts";
import { startContacts } from "./contacts.ts";
import { createHttpUpstream } from "./http-upstream.ts";
import { openLane } from "./lane.ts";
import { upstreamHost } from "./names.ts";
import { sourceFixtures } from "./source-fixtures.ts";
import { type Stage, warehouseHost } from "./stage.ts";
import { openUpstreams } from "./upstreams.ts";
import { makeWarehouse } from "./warehouse.ts";

/** One service, and the worlds of those who attack it side by side. */
type SourceWorld = {
  /** Makes a tenant's world. Cases that run in it one after another do not disturb those of other tenants. */
  lane(tenant: string): Promise<World>;
  /** All that the service has logged, restarts included. */
  readonly log: () => readonly string[];
  stop(): Promise<void>;
};

/** Names of the variables that such a world has beside the constants and what cases save. */
export const sourceVariables: ReadonlySet<string> = new Set([
  ...worldVariables,
  ...Object.keys(sourceFixtures),
  ...["TMP", "TENANT_A_DIR", "TENANT_B_DIR", "TENANT_GUC", "RLS_TABLE", "COLS_1600"],
]);

/** Starts the service for cases. `isolated` says that this is a network namespace of its own, where ports are free. */
export async function startSourceWorld(
  cases: readonly Case[],
  options: WorldOptions,
  isolated: boolean,
): Promise<SourceWorld> {
  const testDatabase = await createTestDatabase();
  const warehouse = await makeWarehouse(testDatabase.superuserUrl);
  const dataDir = mkdtempSync(join(tmpdir(), "dashboards-attack-"));
  // Queries run as another user, who must be able to read the files.
  chmodSync(dataDir, 0o755);
  const filesDir = join(dataDir, "files");
  // Whoever gets so far may write here.
  const temporary = join(dataDir, "tmp");
  mkdirSync(temporary);
  chmodSync(temporary, 0o777);
  writeFixtureFiles(filesDir);
  // Credentials that a client may not take up by itself.
  writeFileSync(join(dataDir, ".netrc"), `machine ${upstreamHost} login u password CANARY_SECRET_of_netrc\n`);

  const jwks = await startJwksServer(keySet(...publicKeys()));
  const deniedSink = await startSink();
  const usual = createHttpUpstream();
  const contacts = await startContacts(usual, isolated);
  const upstreams = await openUpstreams(cases, contacts.upstreamAddress);
  const allowed = [
    `${warehouseHost}:5432=${await placeOf(testDatabase.superuserUrl)}`,
    ...contacts.allow(80, contacts.usualPort),
    ...upstreams.ports.flatMap((port) => contacts.allow(port, port)),
  ];
  const env = {
    ...environmentOf(dataDir, testDatabase, jwks.url),
    HOME: dataDir,
    ALLOWED_HOSTS: allowed.join(","),
  };
  let service = await startServiceProcess(env);
  const earlierLogs: string[] = [];
  const expected = new Set(
    [...upstreams.ports, contacts.usualPort].map((port) => `${contacts.upstreamAddress}:${port}`),
  );
  expected.add(jwks.url.host);

  const stage: Stage = {
    options,
    service: () => service,
    async restart(more) {
      await service.stop();
      earlierLogs.push(...service.log);
      service = await startServiceProcess({ ...env, ...more });
    },
    database: await openDatabaseView(testDatabase.superuserUrl),
    warehouse,
    dataDir,
    filesDir,
    temporary,
    deniedSink,
    usual,
    contacts,
    upstreams,
    expected,
    tokens: createTokens(),
  };
  await postFixture(service.port, stage.tokens("B", "connections:write"), constants.CONNECTIONS as string, {
    name: secretOfB,
    http: { url: `http://${upstreamHost}` },
    secret: { bearer_token: "CANARY_B" },
  });
  return {
    log: () => [...earlierLogs, ...service.log],
    lane: (tenant) => openLane(stage, tenant),
    async stop() {
      await closePageReader();
      await service.stop();
      await jwks.close();
      await deniedSink.close();
      upstreams.close();
      await contacts.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Where a server listens, as ALLOWED_HOSTS takes it: its socket, or its address and port. */
async function placeOf(databaseUrl: string): Promise<string> {
  const { hostname, port } = new URL(databaseUrl);
  const host = decodeURIComponent(hostname);
  return host.startsWith("/") ? join(host, `.s.PGSQL.${port}`) : `${(await lookup(host, 4)).address}:${port || 5432}`;
}
