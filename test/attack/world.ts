import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JwksServer, keySet, startJwksServer } from "../auth/jwks-server.ts";
import { createTestDatabase, type TestDatabase } from "../store/database.ts";
import type { Around } from "./around/around.ts";
import type { Breakable } from "./breakable.ts";
import { type DatabaseView, openDatabaseView } from "./database-view.ts";
import { environmentOf, publicOrigin } from "./environment.ts";
import { type Fixture, fixtures, newDashboardId, writeFixtureFiles } from "./fixtures.ts";
import type { HttpResponse } from "./http-response.ts";
import { audience, createTokens, issuer, publicKeys } from "./jwt.ts";
import { closePageReader } from "./page-reader.ts";
import type { Replicas } from "./replicas.ts";
import { postFixture, sendRequest } from "./send.ts";
import { type ServiceProcess, startServiceProcess } from "./service-process.ts";
import { type Sink, startSink } from "./sink.ts";
import { constants, randomOfShape, type Variables } from "./variables.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What worlds are made for. */
export type WorldOptions = {
  readonly vocabulary: Vocabulary;
  /** Whether cases may take as long as they ask for; if not, the longest are sampled down. */
  readonly thorough: boolean;
};

/** Everything that cases run against. */
export type World = WorldOptions & {
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
  /** Lets the service, and what expires in its database, believe that so much more time has passed; less than 0 is back. */
  readonly moveClock?: (byMs: number) => Promise<void>;
  /** What can be broken around the service; undefined where nothing can. */
  readonly breakable?: Breakable;
  /** Where the service's database is, as the service has it. */
  readonly databaseUrl?: string;
  /** Starts the service anew, with more variables in its environment. */
  readonly restart?: (env: Readonly<Record<string, string>>) => Promise<void>;
  /** The file of the keys that links are signed with. */
  readonly shareKeysFile?: string;
  /**
   * Returns so many processes of the service, started with the first call. They share their limits where the machine
   * has a Redis to share them through.
   */
  readonly replicas?: (count: number) => Promise<Replicas>;
  /** Whose benign renders show that the service lives, where those of A are counted; A's first dashboard's. */
  readonly bystander?: { readonly tenant: string; readonly dashboardId: string };
  /** The loopback address from which hostile connections come, where cases run beside each other. */
  readonly attackerAddress?: string;
  /** How often the service has fetched its issuer's keys; undefined where nobody counts. */
  readonly jwksFetches?: () => number;
  /** How tenant A is called here, where that is not A. */
  readonly nameOfA?: string;
  /** Returns a token that is still good for minutes. */
  token(tenant: string, moreScopes?: string): string;
  /** Saves a dashboard of its own for each case that asks, and the shared ones once. */
  fixture(name: string): Promise<string>;
  stop(): Promise<void>;
};

/** Names of the variables that a world has, fixtures included: what needs others cannot run. */
export const worldVariables: ReadonlySet<string> = new Set([
  ...Object.keys(constants),
  ...Object.keys(fixtures),
  ...[
    "PUBLIC_ORIGIN",
    "SUT_PORT",
    "GRPC_PORT",
    "SUT_METRICS_PORT",
    "ISS",
    "AUD",
    "DENIED_SINK",
    "OTHER_PUBLIC_JWK",
    "JWT_A",
    "JWT_B",
    "JWT_A_2SEG",
  ],
  ...["SHARE_TOKEN_A", "RANDOM_TOKEN_SHAPE", "SHARE_KEY", "dash_A_UPPER", "ds_B", "tenant_B", "secret_B", "i"],
  ...["TMP", "TENANT_A_DIR", "TENANT_B_DIR", "COLS_1600"],
]);

/** Starts the service with a database of its own, and saves the fixtures. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const jwks = await startJwksServer(keySet(...publicKeys()));
  return startWorldOn({ database: await createTestDatabase(), jwks, fixtures }, options);
}

/** Variables that are names of what fixtures have. */
export function nameVariables(dashA: string): Variables {
  return { dash_A: dashA, dash_A_UPPER: dashA.toUpperCase(), ds_B: "ds-of-b", tenant_B: "B", secret_B: secretOfB };
}

/** Variables that are places, and a long list. */
function placeVariables(filesDir: string, temporary: string): Variables {
  return {
    TMP: temporary,
    TENANT_A_DIR: join(filesDir, "A"),
    TENANT_B_DIR: join(filesDir, "B"),
    COLS_1600: Array.from({ length: 1_600 }, (_, index) => `1 as c${index + 1}`).join(", "),
  };
}

/** The connection of B whose secret no other tenant may use. */
export const secretOfB = "secret-of-b";

/** Reads the key that links are signed with now, in base64url. */
export function readShareKey(dataDir: string): string {
  const { current, keys } = JSON.parse(readFileSync(join(dataDir, "keys/share-keys.json"), "utf8")) as {
    readonly current: string;
    readonly keys: Readonly<Record<string, string>>;
  };
  return keys[current]!;
}

/** What a world stands on, which is taken down with it. */
export type Ground = {
  readonly database: Pick<TestDatabase, "url" | "ownerUrl" | "superuserUrl">;
  readonly jwks: JwksServer;
  readonly fixtures: Readonly<Record<string, Fixture>>;
  readonly breakable?: Breakable;
};

/** Starts the service on a ground, and saves the fixtures. */
export async function startWorldOn(ground: Ground, options: WorldOptions): Promise<World> {
  const { database: testDatabase, jwks, fixtures, breakable } = ground;
  const dataDir = mkdtempSync(join(tmpdir(), "dashboards-attack-"));
  // Queries run as another user, who must be able to read the files.
  chmodSync(dataDir, 0o755);
  const filesDir = join(dataDir, "files");
  writeFixtureFiles(filesDir);
  const deniedSink = await startSink();
  const env = environmentOf(dataDir, testDatabase, jwks.url);
  let service = await startServiceProcess(env);
  const database = await openDatabaseView(testDatabase.superuserUrl);

  let movedMs = 0;
  const token = createTokens(() => Date.now() + movedMs);
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
    // There is one port for everything.
    SUT_PORT: () => `${service.port}`,
    GRPC_PORT: () => `${service.port}`,
    SUT_METRICS_PORT: () => `${service.port}`,
    ISS: issuer,
    AUD: audience,
    DENIED_SINK: deniedSink.address,
    JWT_A: () => token("A"),
    JWT_B: () => token("B"),
    JWT_A_2SEG: () => token("A").split(".").slice(0, 2).join("."),
    SHARE_TOKEN_A: shareToken,
    RANDOM_TOKEN_SHAPE: () => randomOfShape(shareToken),
    ...nameVariables(dashA),
    ...placeVariables(filesDir, dataDir),
    SHARE_KEY: () => readShareKey(dataDir),
  };

  // The processes that run queries start when they are first needed; a case must not be charged for that.
  await Promise.all(
    Array.from({ length: 16 }, (_, n) =>
      call(constants.RENDER as string, "A", { dashboard_id: dashA, filters: { n } }),
    ),
  );

  return {
    ...options,
    get service() {
      return service;
    },
    ...(breakable && { breakable }),
    databaseUrl: testDatabase.url,
    jwksFetches: () => jwks.requests,
    database,
    filesDir,
    deniedSink,
    deadLink: dead.responses[0]!,
    variables,
    token,
    fixture,
    shareKeysFile: join(dataDir, "keys/share-keys.json"),
    async moveClock(byMs) {
      movedMs += byMs;
      await service.moveClock(movedMs);
      await database.letTimePass(byMs);
    },
    async restart(more) {
      await service.stop();
      service = await startServiceProcess({ ...env, ...more });
    },
    async stop() {
      await closePageReader();
      await service.stop();
      await breakable?.close();
      await jwks.close();
      await deniedSink.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
