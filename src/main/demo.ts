import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { parse } from "yaml";
import {
  ConnectionsService,
  SaveConnectionRequestSchema,
} from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import {
  DashboardsService,
  GetDefinitionRequestSchema,
  type SaveDefinitionRequest,
  SaveDefinitionRequestSchema,
  ShareRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { developerScopes } from "../auth/scopes.ts";
import type { Config } from "../config/config.ts";
import { reasonOf, toFault } from "../errors/answer.ts";
import { asOperator, demoTenant as tenant } from "./as-operator.ts";
import type { OpenCompanions } from "./companions.ts";
import type { DemoSources } from "./demo-sources.ts";
import { projectDir } from "./paths.ts";
import type { Service } from "./service.ts";

/** The dashboard that the documented example calls name, first in what is announced. */
const first = "ops_overview";

const weekS = 604_800;

/** The dashboard that reads other systems than files. */
const ofSources = "sources";
const needsEmbedded = "its warehouse needs the embedded database, and DATABASE_URL is set";

/** The demo, beside a service that is about to start. */
export type Demo = {
  /** Puts the demo's files into the tenant's folder, and opens the systems that its dashboards read. */
  readonly open: OpenCompanions;
  /**
   * Saves the connections and the dashboards, as the operator: by the API's own implementation, without
   * a token. What is there already stays as it is, because its owner may have changed it.
   */
  seed(service: Service): Promise<void>;
  /** Prints a link to each dashboard, whose viewers may change every filter, a token, and a call to paste. */
  announce(service: Service): Promise<void>;
};

/** Creates the demo, which tells what it does a line at a time. */
export function createDemo(config: Config, say: (line: string) => void): Demo {
  let sources: DemoSources | undefined;
  const ids = () => demoIds().filter((id) => id !== ofSources || sources !== undefined);
  return {
    async open({ server, duckdb }) {
      // Only here, because a service without a demo has neither these files nor what they need.
      const { installDemoFiles } = await import("../../demo/data.ts");
      await installDemoFiles(join(config.filesDir, tenant), say);
      if (server === undefined) {
        say(`the demo's dashboard ${ofSources} is left out: ${needsEmbedded}`);
        return { allowedHosts: [], close: async () => {} };
      }
      const { openDemoSources } = await import("./demo-sources.ts");
      sources = await openDemoSources({ server, duckdb, tenant, dataDir: config.dataDir, progress: say });
      return sources;
    },
    async seed({ connections, dashboards }) {
      for (const connection of sources?.connections ?? []) {
        const request = create(SaveConnectionRequestSchema, connection);
        await unlessThere(connections.saveConnection(request, asOperator(ConnectionsService.method.saveConnection)));
      }
      for (const id of ids()) {
        const request = create(SaveDefinitionRequestSchema, { ...readDemo(id), expectedVersion: 0 });
        await unlessThere(dashboards.saveDefinition(request, asOperator(DashboardsService.method.saveDefinition)));
      }
    },
    announce: (service) => announce(service, ids(), say),
  };
}

async function unlessThere(saving: unknown): Promise<void> {
  try {
    await saving;
  } catch (error) {
    if (reasonOf(toFault(error)) !== "STALE_VERSION") throw error;
  }
}

async function announce(service: Service, ids: readonly string[], say: (line: string) => void): Promise<void> {
  say("\nOpen a dashboard (the links work for a week):\n");
  for (const dashboardId of ids) {
    // As it is saved: its owner may have changed it.
    const saved = await service.dashboards.getDefinition(
      create(GetDefinitionRequestSchema, { dashboardId }),
      asOperator(DashboardsService.method.getDefinition),
    );
    const viewerFilters = saved.definition?.filters?.map(({ name }) => name!) ?? [];
    const request = create(ShareRequestSchema, { dashboardId, expiresInS: weekS, viewerFilters });
    const { url } = await service.dashboards.share(request, asOperator(DashboardsService.method.share));
    say(`  ${dashboardId.padEnd(16)} ${url}`);
  }
  if (service.issuer === undefined) return say("");
  say(`\nWrite dashboards, and see them while you type, in a browser on this machine: ${service.url}/`);
  const grant = { tenant, subject: "developer", scopes: developerScopes, expiresInS: 3_600 };
  const token = await service.issuer.mint(grant);
  say(
    `\nCall it as the tenant ${tenant} (the token works for an hour; \`npm run -s token -- --tenant ${tenant}\` gives another):\n`,
  );
  say(`  TOKEN=${token}\n`);
  say(`  curl -s ${service.url}/api/v1/data-consumption/dashboards/render \\`);
  say(`    -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\`);
  say(`    -d '{"dashboard_id":"${first}","filters":{"region":"IN"}}'\n`);
}

const demoFolder = join(projectDir, "demo/dashboards");

function demoIds(): string[] {
  const ids = readdirSync(demoFolder)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => basename(name, ".yaml"));
  return [first, ...ids.filter((id) => id !== first).sort()];
}

function readDemo(id: string): SaveDefinitionRequest {
  const definition = parse(readFileSync(join(demoFolder, `${id}.yaml`), "utf8")) as JsonValue;
  return fromJson(SaveDefinitionRequestSchema, definition);
}
