import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { createContextValues, createHandlerContext, type HandlerContext } from "@connectrpc/connect";
import { parse } from "yaml";
import {
  DashboardsService,
  GetDefinitionRequestSchema,
  type SaveDefinitionRequest,
  SaveDefinitionRequestSchema,
  ShareRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { Config } from "../config/config.ts";
import { reasonOf, toFault } from "../errors/answer.ts";
import { callerKey } from "../rpc/call.ts";
import { projectDir } from "./paths.ts";
import type { Service } from "./service.ts";

/** The tenant that the demo belongs to. */
const tenant = "demo";

/** The dashboard that the documented example calls name, first in what is announced. */
const first = "ops_overview";

const weekS = 604_800;

/**
 * Saves the demo's dashboards and puts their data into the tenant's folder, as the operator: by the
 * API's own implementation, without a token. A dashboard that is there already stays as it is,
 * because its owner may have changed it.
 */
export async function seedDemo(service: Service, config: Config, say: (line: string) => void): Promise<void> {
  const { installDemoFiles } = await import("../../demo/data.ts");
  await installDemoFiles(join(config.filesDir, tenant), say);
  for (const id of demoIds()) {
    const request = readDemo(id);
    try {
      await service.dashboards.saveDefinition(
        create(SaveDefinitionRequestSchema, { ...request, expectedVersion: 0 }),
        asOperator("SaveDefinition"),
      );
    } catch (error) {
      if (reasonOf(toFault(error)) !== "STALE_VERSION") throw error;
    }
  }
}

/** Prints a link to each of the demo's dashboards, whose viewers may change every filter, a token, and a call to paste. */
export async function announceDemo(service: Service, say: (line: string) => void): Promise<void> {
  say("\nOpen a dashboard (the links work for a week):\n");
  for (const dashboardId of demoIds()) {
    // As it is saved: its owner may have changed it.
    const saved = await service.dashboards.getDefinition(
      create(GetDefinitionRequestSchema, { dashboardId }),
      asOperator("GetDefinition"),
    );
    const viewerFilters = saved.definition?.filters?.map(({ name }) => name!) ?? [];
    const request = create(ShareRequestSchema, { dashboardId, expiresInS: weekS, viewerFilters });
    const { url } = await service.dashboards.share(request, asOperator("Share"));
    say(`  ${dashboardId.padEnd(16)} ${url}`);
  }
  if (service.issuer === undefined) return say("");
  const scopes = ["dashboards:render", "dashboards:publish", "dashboards:share"];
  const token = await service.issuer.mint({ tenant, subject: "developer", scopes, expiresInS: 3_600 });
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

function asOperator(method: string): HandlerContext {
  return createHandlerContext({
    service: DashboardsService,
    method: DashboardsService.methods.find(({ name }) => name === method)!,
    protocolName: "none",
    requestMethod: "POST",
    url: "https://localhost/",
    contextValues: createContextValues().set(callerKey, { tenant, subject: "operator" }),
  });
}
