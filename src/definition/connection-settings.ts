import { create, fromJsonString, toJson } from "@bufbuild/protobuf";
import canonicalize from "canonicalize";
import { type Connection, ConnectionSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";

/** What a tenant says of a connection, beside its name and its secret. */
export type ConnectionSettings = Pick<Connection, "description" | "kind">;

/** What a connection leads to, and with which settings. */
export type ConnectionKind = Exclude<Connection["kind"], { readonly case: undefined }>;

/** Returns the settings as canonical JSON (RFC 8785): equal settings have equal text. */
export function settingsToJson({ description, kind }: ConnectionSettings): string {
  const connection = create(ConnectionSchema, { description, kind });
  return canonicalize(toJson(ConnectionSchema, connection, { useProtoFieldName: true }))!;
}

/** Reads settings that were stored. What this release does not know is left out, a whole kind too. */
export function parseStoredSettings(json: string): ConnectionSettings {
  const { description, kind } = fromJsonString(ConnectionSchema, json, { ignoreUnknownFields: true });
  return { description, kind };
}

/** Returns the port that a connection leads to: its own, or the one that its kind usually has. */
export function portOf(kind: Extract<ConnectionKind, { readonly case: "postgres" | "clickhouse" | "grpc" }>): number {
  const { port, tls } = kind.value;
  const [plain, encrypted] = usualPorts[kind.case];
  return port ?? (tls === "off" ? plain : encrypted);
}

const usualPorts = { postgres: [5432, 5432], clickhouse: [8123, 8443], grpc: [80, 443] } as const;

/**
 * Says whether two connections lead to the same system in the same way and as the same user, so that the
 * secret of one may be sent by the other. Paths, databases and descriptions may differ.
 */
export function isSameDestination(a: Connection["kind"], b: Connection["kind"]): boolean {
  return destinationOf(a) === destinationOf(b);
}

function destinationOf(kind: Connection["kind"]): string {
  return JSON.stringify([kind.case, ...placeOf(kind)]);
}

function placeOf(kind: Connection["kind"]): readonly (string | number)[] {
  switch (kind.case) {
    case "postgres":
      return [...hostOf(kind), kind.value.user];
    case "clickhouse":
      return [...hostOf(kind), kind.value.user || "default"];
    case "grpc":
      return hostOf(kind);
    case "http":
      return [new URL(kind.value.url).origin, kind.value.caCertificate];
    case "duckdb":
    case undefined:
      return [];
  }
}

function hostOf(kind: Parameters<typeof portOf>[0]): readonly (string | number)[] {
  const { host, tls, caCertificate } = kind.value;
  return [host, portOf(kind), tls || "on", caCertificate];
}
