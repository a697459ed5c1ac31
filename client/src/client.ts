import { ConnectionsService } from "../gen/datajetty/dashboards/v1/connections_service_pb.js";
import {
  DashboardsService,
  type DefinitionSummary,
  type ListDefinitionsRequest,
  type ListSharesRequest,
  type ShareSummary,
  type VersionSummary,
} from "../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { type CallOptions, createCall, type Token } from "./call.ts";
import type { PlainInput } from "./input.ts";
import type { Methods } from "./methods.ts";
import { eachItem } from "./pages.ts";
import { createTransport, type Fetch } from "./transport.ts";

/** What a client is made of. */
export type ClientOptions = {
  /** Where the service is, such as `https://dashboards.example.com`; the documented base URL does, too. */
  readonly baseUrl: string;
  /** The bearer token, or a function that gives one that is valid now; it is asked before each try. */
  readonly token: Token;
  /** The tenant to act for; only for tokens with the scope `tenants:act-as`. */
  readonly tenant?: string | undefined;
  /** How long a call may take with all its tries, in milliseconds; 15,000: the service gives up after 10,000. */
  readonly timeoutMs?: number | undefined;
  /** How often a call that failed in passing is tried again; 2, because what lasts longer is not passing. */
  readonly retries?: number | undefined;
  /** What requests are sent by; the platform's `fetch` unless given. */
  readonly fetch?: Fetch | undefined;
};

/** Every method of the service, and its lists item by item. */
export type DashboardsClient = Methods & {
  /** Goes through dashboards, by id. Throws a `DashboardsError` where a page cannot be had, as the others do. */
  definitions(filter?: Filter<ListDefinitionsRequest>, options?: CallOptions): AsyncGenerator<DefinitionSummary, void>;
  /** Goes through the versions of a dashboard, the newest first. */
  versions(dashboardId: string, options?: CallOptions): AsyncGenerator<VersionSummary, void>;
  /** Goes through links that still work, the newest first. */
  shares(filter?: Filter<ListSharesRequest>, options?: CallOptions): AsyncGenerator<ShareSummary, void>;
};

/** What a list is narrowed by. `pageSize` says how many are fetched at once. */
export type Filter<T extends ListDefinitionsRequest | ListSharesRequest> = Omit<PlainInput<T>, "pageToken">;

/**
 * Creates a client of the service, over Connect's protocol, for Node and browsers. Whatever goes wrong with a call is a
 * value. Whatever is passing is tried again, under the same idempotency key, so that a repeated call has one effect.
 * Throws TypeError where `baseUrl` is no URL.
 */
export function createDashboardsClient(options: ClientOptions): DashboardsClient {
  const { baseUrl, token, tenant, timeoutMs = 15_000, retries = 2 } = options;
  const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  const call = createCall({ transport: createTransport(baseUrl, fetch), token, tenant, timeoutMs, retries });
  const { method: dashboards } = DashboardsService;
  const { method: connections } = ConnectionsService;

  const methods: Methods = {
    render: (request, more) => call(dashboards.render, request, more),
    export: (request, more) => call(dashboards.export, request, more),
    share: (request, more) => call(dashboards.share, request, more),
    saveDefinition: (request, more) => call(dashboards.saveDefinition, request, more),
    validateDefinition: (request, more) => call(dashboards.validateDefinition, request, more),
    previewDefinition: (request, more) => call(dashboards.previewDefinition, request, more),
    getDefinition: (request, more) => call(dashboards.getDefinition, request, more),
    listDefinitions: (request, more) => call(dashboards.listDefinitions, request, more),
    listVersions: (request, more) => call(dashboards.listVersions, request, more),
    publishDefinition: (request, more) => call(dashboards.publishDefinition, request, more),
    restoreDefinition: (request, more) => call(dashboards.restoreDefinition, request, more),
    archiveDefinition: (request, more) => call(dashboards.archiveDefinition, request, more),
    listShares: (request, more) => call(dashboards.listShares, request, more),
    revokeShare: (request, more) => call(dashboards.revokeShare, request, more),
    listConnections: (request, more) => call(connections.listConnections, request, more),
    saveConnection: (request, more) => call(connections.saveConnection, request, more),
    deleteConnection: (request, more) => call(connections.deleteConnection, request, more),
    testConnection: (request, more) => call(connections.testConnection, request, more),
  };

  return {
    ...methods,
    definitions: (filter, more) =>
      eachItem(
        (pageToken) => methods.listDefinitions({ ...filter, pageToken }, more),
        (page) => page.definitions,
      ),
    versions: (dashboardId, more) =>
      eachItem(
        (pageToken) => methods.listVersions({ dashboardId, pageToken }, more),
        (page) => page.versions,
      ),
    shares: (filter, more) =>
      eachItem(
        (pageToken) => methods.listShares({ ...filter, pageToken }, more),
        (page) => page.shares,
      ),
  };
}
