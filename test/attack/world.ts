import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keySet, startJwksServer } from "../auth/jwks-server.ts";
import { createTestDatabase } from "../store/database.ts";
import type { Around } from "./around/around.ts";
import { type DatabaseView, openDatabaseView } from "./database-view.ts";
import { environmentOf, publicOrigin } from "./environment.ts";
import { fixtures, newDashboardId, writeFixtureFiles } from "./fixtures.ts";
import type { HttpResponse } from "./http-response.ts";
import { audience, createTokens, issuer, publicKeys } from "./jwt.ts";
import { postFixture, sendRequest } from "./send.ts";
import { type ServiceProcess, startServiceProcess } from "./service-process.ts";
import { type Sink, startSink } from "./sink.ts";
import { constants, randomOfShape, type Variables } from "./variables.ts";

/** Everything that cases run against. */
export type World = {
  readonly service: ServiceProcess;
  readonly database: DatabaseView;
  /** One folder a tenant. */
  readonly filesDir: string;
  /** Where nothing may ever connect to. */
  readonly deniedSink: Sink;
  /** The page of a link that never was. */
  readonly deadLink: HttpResponse;
  /** Values of variables that hold for every case. */
  readonly variables: Variables;
  /** What stands around the service where it reads other systems; undefined where it does not. */
  readonly around?: Around;
  /** Returns a token that is still good for minutes. */
  token(tenant: "A" | "B", moreScopes?: string): string;
  /** Saves a dashboard of its own for each case that asks, and the shared ones once. */
  fixture(name: string): Promise<string>;
  stop(): Promise<void>;
};

/** Names of the variables that a world has, fixtures included: what needs others cannot run. */
export const worldVariables: ReadonlySet<string> = new Set([
  ...Object.keys(constants),
  ...Object.keys(fixtures),
  ...["PUBLIC_ORIGIN", "SUT_PORT", "ISS", "AUD", "DENIED_SINK", "OTHER_PUBLIC_JWK", "JWT_A", "JWT_B", "JWT_A_2SEG"],
  ...["SHARE_TOKEN_A", "RANDOM_TOKEN_SHAPE", "dash_A_UPPER", "ds_B", "tenant_B", "i"],
]);

/** Starts the service with a database of its own, and saves the fixtures. */
export async function startWorld(): Promise<World> {
  const testDatabase = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), "dashboards-attack-"));
  // Queries run as another user, who must be able to read the files.
  chmodSync(dataDir, 0o755);
  const filesDir = join(dataDir, "files");
  writeFixtureFiles(filesDir);
  const jwks = await startJwksServer(keySet(...publicKeys()));
  const deniedSink = await startSink();
  const service = await startServiceProcess(environmentOf(dataDir, testDatabase, jwks.url));
  const database = await openDatabaseView(testDatabase.superuserUrl);

  const token = createTokens();
  const shared = new Map<string, Promise<string>>();
  const save = async (name: string) => {
    const { tenant, definition } = fixtures[name]!;
    const dashboardId = newDashboardId();
    await call(constants.DEFS as string, tenant, definition(dashboardId));
    return dashboardId;
  };
  const fixture = (name: string) => {
    if (fixtures[name]!.fresh) return save(name);
    const saved = shared.get(name) ?? save(name);
    shared.set(name, saved);
    return saved;
  };
  const call = (path: string, tenant: "A" | "B", body: object) => postFixture(service.port, token(tenant), path, body);

  const dashA = await fixture("dash_A");
  const { url } = await call(constants.SHARE as string, "A", { dashboard_id: dashA, expires_in_s: 3_600 });
  const shareToken = `${url}`.slice(`${publicOrigin}/s/`.length);
  const dead = await sendRequest(service.port, {
    method: "GET",
    path: `/s/${randomOfShape(shareToken)}`,
    headers: [],
    body: [],
  });
  const variables: Variables = {
    ...constants,
    PUBLIC_ORIGIN: publicOrigin,
    SUT_PORT: `${service.port}`,
    ISS: issuer,
    AUD: audience,
    DENIED_SINK: deniedSink.address,
    JWT_A: () => token("A"),
    JWT_B: () => token("B"),
    JWT_A_2SEG: () => token("A").split(".").slice(0, 2).join("."),
    SHARE_TOKEN_A: shareToken,
    RANDOM_TOKEN_SHAPE: () => randomOfShape(shareToken),
    dash_A: dashA,
    dash_A_UPPER: dashA.toUpperCase(),
    ds_B: "ds-of-b",
    tenant_B: "B",
  };

  // The processes that run queries start when they are first needed; a case must not be charged for that.
  await Promise.all(
    Array.from({ length: 16 }, (_, n) =>
      call(constants.RENDER as string, "A", { dashboard_id: dashA, filters: { n } }),
    ),
  );

  return {
    service,
    database,
    filesDir,
    deniedSink,
    deadLink: dead.responses[0]!,
    variables,
    token,
    fixture,
    async stop() {
      await service.stop();
      await jwks.close();
      await deniedSink.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
