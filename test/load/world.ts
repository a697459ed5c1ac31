import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonObject } from "@bufbuild/protobuf";
import { createDataFolder } from "../process.ts";
import type { LoadRequest } from "./sender.ts";

/** A tenant of the service under load. Its dashboards hold its canary, and no other's do. */
export type LoadTenant = { readonly canary: string; readonly token: string; readonly links: readonly string[] };

/** The service in a process of its own, as it is run, with tenants that have dashboards and links. */
export type LoadWorld = {
  readonly url: string;
  readonly pid: number;
  readonly tenants: readonly LoadTenant[];
  /** What the service has written. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  close(): Promise<void>;
};

/** The texts of which each tenant has one. */
export const canaryPattern = "canary-\\d+-of-tenants";

/** Where the documented paths begin. */
export const basePath = "/api/v1/data-consumption/dashboards";

/** Far above what a tenant is asked for, and still counted: the limiter does its work on each call. */
const rates = { RATE_PER_SECOND: "1000", RATE_BURST: "1000", RATE_LINKS_PER_SECOND: "1000" };

/** Preparing a tenant takes a handful of calls; so many are prepared at once. */
const atOnce = 16;

/** Starts the service with so many tenants. Close it, or its processes stay up. */
export async function startLoadWorld(count: number, env: Readonly<Record<string, string>> = {}): Promise<LoadWorld> {
  const source = await openSource();
  const folder = createDataFolder();
  const close = async () => {
    await folder.remove();
    source.close();
  };
  try {
    const service = await folder.start({
      ALLOWED_HOSTS: `127.0.0.1:${source.port}`,
      ...rates,
      ...env,
    });
    const tenants: LoadTenant[] = [];
    let next = 0;
    const prepareSome = async () => {
      for (let at = next++; at < count; at = next++) tenants[at] = await prepare(at);
    };
    const prepare = async (at: number): Promise<LoadTenant> => {
      const canary = `canary-${at}-of-tenants`;
      const scopes = ["dashboards:render", "dashboards:publish", "dashboards:share", "connections:write"];
      const token = await folder.token({ tenant: `tenant-${at}`, scopes });
      const post = (path: string, body: JsonObject) => call(service.url, token, path, body);
      await post("/connections", { name: "api", http: { url: `http://127.0.0.1:${source.port}` } });
      await post("/definitions", board(canary));
      await post("/definitions", orders(canary));
      await post("/definitions", wall(canary));
      const link = await post("/share", { dashboard_id: "board", expires_in_s: 86_400 });
      return { canary, token, links: [new URL(`${link.url}`).pathname] };
    };
    await Promise.all(Array.from({ length: atOnce }, prepareSome));
    return { url: service.url, pid: service.pid, output: service.output, signal: service.signal, tenants, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * What the tenants ask for, in turn: of a hundred requests some fifty for pages that are kept, thirty-five for ones that
 * are read and drawn anew in twelve panels, six that open links, and the rest that look at definitions.
 */
export function mixRequests(tenants: readonly LoadTenant[]): LoadRequest[] {
  const rounds = 20;
  return Array.from({ length: rounds }, (_, round) =>
    tenants.map(({ canary, token, links }, at): LoadRequest => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const kind = (round * 37 + at * 61) % 100;
      if (kind >= 94) return { method: "GET", path: links[0]!, headers: {}, canary };
      if (kind >= 91) return { method: "GET", path: `${basePath}/definitions/board`, headers, canary };
      if (kind >= 88) return { method: "GET", path: `${basePath}/definitions?page_size=10`, headers, canary };
      const theme = ["light", "dark", "auto"][kind % 3]!;
      const fresh = { dashboard_id: "wall", filters: { least: "0.#unique#" } };
      const body = JSON.stringify(kind >= 53 ? fresh : { dashboard_id: "board", theme });
      return { method: "POST", path: `${basePath}/render`, headers, body, canary };
    }),
  ).flat();
}

async function call(url: string, token: string, path: string, body: JsonObject): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${url}${basePath}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

const regions = ["IN", "US", "BR", "DE", "JP", "ZA", "FR", "MX"];

/** Returns a dashboard of rows of its own, as most have. With another title it is another version. */
export function board(canary: string, title = "Board"): JsonObject {
  const rows = regions.map((region, at) => [region, at * 17 + 3, canary]);
  return {
    dashboard_id: "board",
    layout: {
      title: `${title} of ${canary}`,
      panels: [
        { id: "bars", title: "By region", datasource: "inline", bar: { x: "region", y: ["value"] } },
        { id: "rows", title: "Rows", datasource: "inline", table: {} },
      ],
    },
    datasources: [
      { id: "inline", inline: { columns: [{ name: "region" }, { name: "value" }, { name: "note" }], rows } },
    ],
  };
}

/** Rows of a web service, in two panels. */
function orders(canary: string): JsonObject {
  return ordersBoard("orders", `Orders of ${canary}`, 1);
}

/** The same, in as many panels as a screen on a wall has. */
function wall(canary: string): JsonObject {
  return ordersBoard("wall", `Wall of ${canary}`, 6);
}

function ordersBoard(id: string, title: string, pairs: number): JsonObject {
  const columns = [{ name: "region" }, { name: "hour" }, { name: "value" }];
  const http = (of: string) => ({ connection: "api", path: "/orders", query: { of, least: ":least" }, columns });
  const pair = (_: unknown, at: number): JsonObject[] => [
    { id: `hours-${at}`, title: "By hour", datasource: "hours", line: { x: "hour", y: ["value"] } },
    { id: `regions-${at}`, title: "By region", datasource: "regions", bar: { x: "region", y: ["value"] } },
  ];
  return {
    dashboard_id: id,
    layout: { title, panels: Array.from({ length: pairs }, pair).flat() },
    datasources: [
      { id: "hours", http: http("hours") },
      { id: "regions", http: http("regions") },
    ],
  };
}

/** A web service with some orders, the same for whoever asks. */
async function openSource(): Promise<{ readonly port: number; close(): void }> {
  const rows = Array.from({ length: 96 }, (_, at) => [regions[at % regions.length], at, (at * 7919) % 1000]);
  const body = JSON.stringify(rows);
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json").end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
