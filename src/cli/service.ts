import { existsSync } from "node:fs";
import { join } from "node:path";
import { createDashboardsClient, type DashboardsClient } from "@datajetty/dashboards-client";
import { defaultScopes, mintToken } from "../command/mint-token.ts";
import { defaultDataDir } from "../main/paths.ts";
import { usageError } from "./cli-error.ts";
import type { Surroundings, Terminal } from "./terminal.ts";

/** How the service is reached. */
export type ServiceOptions = {
  readonly url?: string;
  readonly token?: string;
  /** The tenant to act for, of tokens that may; or whose token is made where there is none. */
  readonly tenant?: string;
};

/** The service. */
export type Service = {
  /** Scheme and authority. */
  readonly url: string;
  readonly client: DashboardsClient;
};

/** Where `npm start` listens unless it is told. */
const defaultUrl = "http://127.0.0.1:8080";

/** The tenant of the demo, to which a developer's own token goes by default. */
const defaultTenant = "demo";

/**
 * Opens the way to the service that options or environment name. Where neither has a token, and the service would be
 * one under development on this machine, it gets a token of that one's own issuer, and says so.
 */
export async function openService(
  options: ServiceOptions,
  env: Surroundings["env"],
  terminal: Terminal,
): Promise<Service> {
  const url = readUrl(options.url ?? given(env.DASHBOARDS_URL) ?? defaultUrl);
  const isHere = isLoopback(url);
  const tenant = options.tenant ?? given(env.DASHBOARDS_TENANT);
  const told = options.token ?? given(env.DASHBOARDS_TOKEN);
  // Whatever quotes a header that cannot be sent would print it.
  if (told !== undefined && !/^[A-Za-z0-9._~+/=-]+$/.test(told)) {
    throw usageError("DASHBOARDS_TOKEN (or --token) is no access token: it holds what none has, such as a space");
  }
  const token = told ?? (await ownToken(tenant ?? defaultTenant, env, isHere, terminal));
  if (url.protocol === "http:" && !isHere) terminal.note(`the token goes to ${url.host} without encryption`);
  const baseUrl = url.href.replace(/\/+$/, "");
  return { url: baseUrl, client: createDashboardsClient({ baseUrl, token, ...(told && { tenant }) }) };
}

async function ownToken(
  tenant: string,
  env: Surroundings["env"],
  isHere: boolean,
  terminal: Terminal,
): Promise<string> {
  const folder = given(env.DATA_DIR) ?? defaultDataDir();
  // Never made here: a key that no service made is one that none believes.
  if (!isHere || env.NODE_ENV === "production" || !existsSync(join(folder, "development-key.json"))) {
    throw usageError("there is no access token: set DASHBOARDS_TOKEN, or give --token");
  }
  try {
    const token = await mintToken({ tenant, scopes: defaultScopes, expiresIn: "3600" }, env);
    terminal.note(`no token was given: using one of the service under development here, for the tenant ${tenant}`);
    return token;
  } catch (cause) {
    throw usageError(`there is no access token: set DASHBOARDS_TOKEN. ${(cause as Error).message}`, cause);
  }
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search + url.hash !== "") {
    throw usageError("--url (or DASHBOARDS_URL) takes an address such as https://dashboards.example.com");
  }
  return url;
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

function given(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
