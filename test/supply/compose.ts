import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectDir } from "../../src/main/paths.ts";

/** A service of `compose.yaml`, as far as it says something; all values are as they are written there. */
type ComposeService = {
  readonly image: string;
  readonly user?: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly tmpfs: readonly string[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
};

/** What `compose.yaml` says. */
export type Compose = {
  readonly services: Readonly<Record<"dashboards" | "database" | "redis", ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, object>>;
};

/** Reads it, with the merges of YAML 1.1 that Compose knows. */
export function readCompose(): Compose {
  return parse(readFileSync(join(projectDir, "compose.yaml"), "utf8"), { merge: true }) as Compose;
}

/** Puts variables in their places in an environment. Throws for one that must be there and is not, as Compose does. */
export function interpolate(
  environment: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const put = (value: string) =>
    value.replace(/\$\{(\w+):([?-])([^}]*)\}/g, (_, name: string, kind: string, text: string) => {
      const given = variables[name] ?? "";
      if (given === "" && kind === "?") throw new Error(`${name}: ${text}`);
      return given === "" ? text : given;
    });
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, put(value)]));
}
