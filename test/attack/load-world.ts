import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keySet, startJwksServer } from "../auth/jwks-server.ts";
import { createTestDatabase } from "../store/database.ts";
import { openDatabaseView } from "./database-view.ts";
import { environmentOf, publicOrigin } from "./environment.ts";
import { fixtures, newDashboardId, writeFixtureFiles } from "./fixtures.ts";
import { audience, createTokens, issuer, publicKeys } from "./jwt.ts";
import { createReplicaStarter } from "./replicas.ts";
import { postFixture, postJson, sendRequest } from "./send.ts";
import { startServiceProcess } from "./service-process.ts";
import { startSink } from "./sink.ts";
import { settle } from "./tenants.ts";
import { constants, type Variables } from "./variables.ts";
import type { World, WorldOptions } from "./world.ts";

/** A service whose limits on rates are those that it has by itself, and the worlds of those who attack it. */
export type LoadWorld = {
  /** Makes the world of a tenant, which its cases take for A, with an address of its own to attack from. */
  lane(tenant: string): Promise<World>;
  readonly log: () => readonly string[];
  stop(): Promise<void>;
};

/** Names of the variables that such a world has. */
export const loadVariables: ReadonlySet<string> = new Set([
  ...Object.keys(constants),
  ...["dash_A", "dash_A_tmp", "dash_A_cold", "dash_B", "PUBLIC_ORIGIN", "SUT_PORT", "GRPC_PORT", "SUT_METRICS_PORT"],
  ...["ISS", "AUD", "JWT_A", "JWT_B", "i"],
]);

/** Variables of the environment that would put the limits out of the way. */
const raisedLimits = ["RATE_PER_SECOND", "RATE_BURST", "RATE_LINKS_PER_SECOND", "RATE_FAILED_TOKENS_PER_SECOND"];

/** The dashboard that all tenants have. It is read from no file, so that no process is started for a tenant. */
const dashA = "dash-of-many";

/** Starts one. */
export async function startLoadWorld(options: WorldOptions): Promise<LoadWorld> {
  const testDatabase = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), "dashboards-attack-"));
  // Queries run as another user, who must be able to read the files.
  chmodSync(dataDir, 0o755);
  const filesDir = join(dataDir, "files");
  writeFixtureFiles(filesDir);
  const jwks = await startJwksServer(keySet(...publicKeys()));
  const deniedSink = await startSink();
  const raised = Object.entries(environmentOf(dataDir, testDatabase, jwks.url));
  const env = Object.fromEntries(raised.filter(([name]) => !raisedLimits.includes(name)));
  const service = await startServiceProcess(env);
  const database = await openDatabaseView(testDatabase.superuserUrl);
  const tokens = createTokens();
  const replicas = createReplicaStarter(env, service);
  let lanes = 0;
  const dead = await sendRequest(service.port, { method: "GET", path: "/s/none", headers: [], body: [] });

  return {
    log: () => service.log,
    async lane(tenant) {
      lanes += 1;
      const token = (caller: string, moreScopes?: string) => tokens(caller === "A" ? tenant : caller, moreScopes);
      const variables: Variables = {
        ...constants,
        dash_A: dashA,
        PUBLIC_ORIGIN: publicOrigin,
        // There is one port for everything.
        SUT_PORT: `${service.port}`,
        GRPC_PORT: `${service.port}`,
        SUT_METRICS_PORT: `${service.port}`,
        ISS: issuer,
        AUD: audience,
        JWT_A: () => token("A"),
        JWT_B: () => token("B"),
      };
      const bystander = { tenant: `beside-${tenant}`, dashboardId: dashA };
      const world: World = {
        ...options,
        service,
        database,
        filesDir,
        deniedSink,
        deadLink: dead.responses[0]!,
        variables,
        bystander,
        nameOfA: tenant,
        attackerAddress: `127.0.1.${lanes}`,
        token,
        async fixture(name) {
          if (name === "dash_A") return dashA;
          const { tenant: owner, definition } = fixtures[name]!;
          const dashboardId = newDashboardId();
          await postFixture(service.port, token(owner), constants.DEFS as string, definition(dashboardId));
          return dashboardId;
        },
        replicas: replicas.start,
        stop: async () => {},
      };
      await settle(world, ["A", bystander.tenant], dashA);
      const body = { dashboard_id: dashA, filters: {} };
      for (const caller of ["A", bystander.tenant]) {
        await postJson(service.port, token(caller), constants.RENDER as string, body);
      }
      return world;
    },
    async stop() {
      await replicas.stop();
      await service.stop();
      await jwks.close();
      await deniedSink.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
