import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { create, equals, fromJson } from "@bufbuild/protobuf";
import {
  DashboardsService,
  GetDefinitionRequestSchema,
  type GetDefinitionResponse,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { type Definition, DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { DevelopmentIssuer } from "../auth/development-issuer.ts";
import { createPreview } from "../preview/find-preview.ts";
import type { Answers } from "./answers.ts";
import { asOperator, demoTenant } from "./as-operator.ts";
import type { PageFiles } from "./assets.ts";
import { projectDir } from "./paths.ts";

/** Long enough for what the page does next: it asks for another when one has expired. */
const tokenS = 600;

/** Adds the preview page to what answers, on which the demo's tenant is edited. Only for development. */
export function withPreview(
  answers: Answers,
  {
    issuer,
    pageFiles,
    origin,
  }: {
    readonly issuer: DevelopmentIssuer;
    readonly pageFiles: Pick<PageFiles, "refs">;
    /** Scheme and authority at which what dashboards link to is served. */
    readonly origin: string;
  },
): Answers {
  const { dashboards, find } = answers;
  const { fontStyle, style, script } = pageFiles.refs("");
  const preview = createPreview({
    links: { styles: [fontStyle.url, style.url], scripts: [script.url] },
    style: readFileSync(join(projectDir, "src/preview/files/preview.css"), "utf8"),
    script: readFileSync(join(projectDir, "gen/assets/preview.js"), "utf8"),
    origin,
    mint: () =>
      issuer.mint({
        tenant: demoTenant,
        subject: "preview",
        scopes: ["dashboards:render", "dashboards:publish"],
        expiresInS: tokenS,
      }),
    async open(dashboardId) {
      const request = create(GetDefinitionRequestSchema, { dashboardId });
      const method = DashboardsService.method.getDefinition;
      const saved = (await dashboards.getDefinition(request, asOperator(method))) as GetDefinitionResponse;
      return { text: await toText(saved.definition!), version: saved.version };
    },
  });
  return { ...answers, find: (request) => preview(request) ?? find(request) };
}

/** The demo's own definitions are shown as they were written, comments and all, as long as they say the same. */
async function toText(definition: Definition): Promise<string> {
  const { parse } = await import("yaml");
  const file = join(projectDir, "demo/dashboards", `${definition.dashboardId}.yaml`);
  const written = await readFile(file, "utf8").catch(() => undefined);
  if (written !== undefined && equals(DefinitionSchema, fromJson(DefinitionSchema, parse(written)), definition)) {
    return written;
  }
  const { definitionToYaml } = await import("../definition/file-text.ts");
  return definitionToYaml(definition);
}
