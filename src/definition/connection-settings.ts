import { create, fromJsonString, toJson } from "@bufbuild/protobuf";
import canonicalize from "canonicalize";
import { type Connection, ConnectionSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";

/** What a tenant says of a connection, beside its name and its secret. */
export type ConnectionSettings = Pick<Connection, "description" | "kind">;

/** What a connection leads to, and with which settings. */
export type KnownKind = Exclude<Connection["kind"], { readonly case: undefined }>;

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

function placeOf(kind: Connection["kind"]): readonly (string | number | undefined)[] {
  switch (kind.case) {
    case "postgres": {
      const { host, port = 5432, user, tls, caCertificate } = kind.value;
      return [host, port, user, tls || "on", caCertificate];
    }
    case "clickhouse": {
      const { host, user, tls, caCertificate } = kind.value;
      const port = kind.value.port ?? (tls === "off" ? 8123 : 8443);
      return [host, port, user || "default", tls || "on", caCertificate];
    }
    case "grpc": {
      const { host, tls, caCertificate } = kind.value;
      const port = kind.value.port ?? (tls === "off" ? 80 : 443);
      return [host, port, tls || "on", caCertificate];
    }
    case "http":
      return [new URL(kind.value.url).origin, kind.value.caCertificate];
    case "duckdb":
    case undefined:
      return [];
  }
}
