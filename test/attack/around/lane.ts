import { readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publicOrigin } from "../environment.ts";
import { fixtures, newDashboardId, writeFixtureFiles } from "../fixtures.ts";
import { jsonOf } from "../http-response.ts";
import { audience, issuer } from "../jwt.ts";
import { postFixture, postJson, sendRequest } from "../send.ts";
import { constants, randomOfShape, type Variables } from "../variables.ts";
import { nameVariables, readShareKey, type World } from "../world.ts";
import type { Around } from "./around.ts";
import { settingsDashboard, settingsShown } from "./settings.ts";
import { createSetup, type Setup } from "./setup.ts";
import { sourceFixtures } from "./source-fixtures.ts";
import type { Stage } from "./stage.ts";
import { rowSecurity } from "./warehouse.ts";

/** Makes the world of a tenant, which the cases of one lane take for A. */
export async function openLane(stage: Stage, tenant: string): Promise<World> {
  const { service, database, filesDir, deniedSink, tokens, warehouse } = stage;
  writeFixtureFiles(filesDir, tenant);
  const setup = createSetup(stage, tenant);
  await setup.connectToWarehouse("warehouse", warehouse.careful);
  const connections = { sql: "warehouse", http: "", grpc: "" };
  const dashA = await setup.save(sourceFixtures.dash_A!.definition(newDashboardId(), connections));
  await postFixture(service().port, tokens(tenant), constants.RENDER as string, { dashboard_id: dashA, filters: {} });
  const share = { dashboard_id: dashA, expires_in_s: 3_600 };
  const { url } = await postFixture(service().port, tokens(tenant), constants.SHARE as string, share);
  const shareToken = `${url}`.slice(`${publicOrigin}/s/`.length);
  const dead = await sendRequest(service().port, { method: "GET", path: "/s/none", headers: [], body: [] });
  return {
    ...stage.options,
    get service() {
      return service();
    },
    database,
    filesDir,
    deniedSink,
    deadLink: dead.responses[0]!,
    nameOfA: tenant,
    variables: {
      ...variablesOf(stage, tenant),
      ...nameVariables(dashA),
      SHARE_TOKEN_A: shareToken,
      RANDOM_TOKEN_SHAPE: () => randomOfShape(shareToken),
    },
    around: createAround(stage, setup, tenant),
    token: (caller, moreScopes) => tokens(caller === "A" ? tenant : caller, moreScopes),
    async fixture(name) {
      const { tenant: owner, definition } = fixtures[name]!;
      const dashboardId = newDashboardId();
      const token = tokens(owner === "A" ? tenant : owner);
      await postFixture(service().port, token, constants.DEFS as string, definition(dashboardId));
      return dashboardId;
    },
    stop: async () => {},
  };
}

function createAround(stage: Stage, setup: Setup, tenant: string): Around {
  const { service, restart, warehouse, dataDir, filesDir, temporary, deniedSink, usual, contacts, expected } = stage;
  return {
    prepare: setup.prepare,
    usualRequests: usual.requests,
    effects: async () =>
      JSON.stringify([
        await warehouse.state(),
        readdirSync(temporary),
        readdirSync(join(filesDir, tenant)),
        readFileSync(join(filesDir, tenant, "sentinel.txt"), "utf8"),
      ]),
    diskBytes: async () => (await warehouse.diskBytes()) + bytesIn(dataDir),
    folders: [dataDir, tmpdir()],
    async mark() {
      const { attempts } = await service().look();
      const denied = deniedSink.connections();
      return { pid: service().pid, attempts: attempts.length, denied, ...contacts.mark() };
    },
    async contactedSince(mark, hosts) {
      if (deniedSink.connections() > mark.denied) return "the sink that is denied was contacted";
      const { attempts } = await service().look();
      // Another process has made all of its attempts since.
      const since = attempts.slice(service().pid === mark.pid ? mark.attempts : 0);
      return contacts.strayedSince(mark, { attempts: since, expected, hosts });
    },
    async readSettings(of) {
      const asked = typeof of === "string" ? of : of.connection;
      const dashboardId = await setup.save(settingsDashboard(newDashboardId(), asked));
      const body = { dashboard_id: dashboardId, filters: {} };
      const answer = await postJson(service().port, stage.tokens(tenant), constants.RENDER as string, body);
      if (answer.status !== 200) throw new Error(`the settings cannot be read: ${answer.status} ${answer.body}`);
      return settingsShown(`${jsonOf(answer)?.html}`);
    },
    restart,
  };
}

function variablesOf({ service, deniedSink, tokens, temporary, filesDir, dataDir }: Stage, tenant: string): Variables {
  return {
    ...constants,
    PUBLIC_ORIGIN: publicOrigin,
    SUT_PORT: () => `${service().port}`,
    GRPC_PORT: () => `${service().port}`,
    // There is one port for everything.
    SUT_METRICS_PORT: () => `${service().port}`,
    DENIED_SINK: deniedSink.address,
    JWT_A: () => tokens(tenant),
    JWT_B: () => tokens("B"),
    JWT_A_2SEG: () => tokens(tenant).split(".").slice(0, 2).join("."),
    ISS: issuer,
    AUD: audience,
    SHARE_KEY: () => readShareKey(dataDir),
    TMP: temporary,
    TENANT_A_DIR: join(filesDir, tenant),
    TENANT_B_DIR: join(filesDir, "B"),
    TENANT_GUC: rowSecurity.setting,
    RLS_TABLE: rowSecurity.table,
    COLS_1600: Array.from({ length: 1_600 }, (_, index) => `1 as c${index + 1}`).join(", "),
  };
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => {
      // It may be gone by now.
      return sum + (statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0);
    }, 0);
}
