import type { DescMessage, DescMethodUnary, MessageShape } from "@bufbuild/protobuf";
import type { ConnectionsService } from "../gen/datajetty/dashboards/v1/connections_service_pb.js";
import type { DashboardsService } from "../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { CallOptions } from "./call.ts";
import type { Input } from "./input.ts";
import type { Result } from "./result.ts";

/** A method: resolves with its answer, or with an error as a value; never rejects. */
export type Method<M> =
  M extends DescMethodUnary<infer I extends DescMessage, infer O extends DescMessage>
    ? (request: Input<MessageShape<I>>, options?: CallOptions) => Promise<Result<MessageShape<O>>>
    : never;

type Dashboards = (typeof DashboardsService)["method"];
type Connections = (typeof ConnectionsService)["method"];

/** All methods of the service. */
export type Methods = {
  /** Renders a dashboard to HTML. */
  readonly render: Method<Dashboards["render"]>;
  /** Returns a dashboard as a picture, or a panel's data as a file. */
  readonly export: Method<Dashboards["export"]>;
  /** Creates a link that shows a dashboard to whoever holds it, until it expires. */
  readonly share: Method<Dashboards["share"]>;
  /** Creates a dashboard, or appends a version to it and makes that one active. */
  readonly saveDefinition: Method<Dashboards["saveDefinition"]>;
  /** Checks a definition and saves nothing. */
  readonly validateDefinition: Method<Dashboards["validateDefinition"]>;
  /** Renders a definition that need not be saved, and saves nothing. */
  readonly previewDefinition: Method<Dashboards["previewDefinition"]>;
  /** Returns one version of a dashboard. */
  readonly getDefinition: Method<Dashboards["getDefinition"]>;
  /** Lists a page of dashboards, by id. */
  readonly listDefinitions: Method<Dashboards["listDefinitions"]>;
  /** Lists a page of a dashboard's versions, the newest first. */
  readonly listVersions: Method<Dashboards["listVersions"]>;
  /** Freezes the draft as the next version and makes that one active; with `dryRun`, says what that would change. */
  readonly publishDefinition: Method<Dashboards["publishDefinition"]>;
  /** Appends an earlier version's content as a new version, also to bring back an archived dashboard. */
  readonly restoreDefinition: Method<Dashboards["restoreDefinition"]>;
  /** Takes a dashboard out of use; its versions stay. */
  readonly archiveDefinition: Method<Dashboards["archiveDefinition"]>;
  /** Lists a page of links that still work, the newest first. */
  readonly listShares: Method<Dashboards["listShares"]>;
  /** Withdraws a link. */
  readonly revokeShare: Method<Dashboards["revokeShare"]>;
  /** Lists a page of connections, by name. */
  readonly listConnections: Method<Connections["listConnections"]>;
  /** Creates a connection, or replaces it as a whole but for its secret. */
  readonly saveConnection: Method<Connections["saveConnection"]>;
  /** Deletes a connection and its secret. */
  readonly deleteConnection: Method<Connections["deleteConnection"]>;
  /** Connects, runs a query if there is one, and says what is wrong. */
  readonly testConnection: Method<Connections["testConnection"]>;
};
