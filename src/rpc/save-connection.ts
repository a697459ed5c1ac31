import { type DescMessage, type Message, toBinary } from "@bufbuild/protobuf";
import { type ConnectionSecret, ConnectionSecretSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import {
  type SaveConnectionRequest,
  SaveConnectionRequestSchema,
} from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import { checkConnection } from "../definition/check-connection.ts";
import { isSameDestination, parseStoredSettings } from "../definition/connection-settings.ts";
import { type FieldProblem, fault } from "../errors/fault.ts";
import { hide } from "../secret/hide.ts";
import type { SecretPlace } from "../secret/seal.ts";
import type { Secrets } from "../secret/secrets.ts";
import type { StoredConnection } from "../store/connections.ts";

/** Finds the cross-field problems of a message that carries a connection; none in others. */
export function findConnectionProblems(schema: DescMessage, message: Message): readonly FieldProblem[] {
  if (schema !== SaveConnectionRequestSchema) return [];
  const { kind, secret } = message as SaveConnectionRequest;
  return checkConnection(kind, secret);
}

/** Seals the secret of a request: empty for one that is to be removed, undefined for one that is to stay. */
export async function sealRequested(
  { secret }: SaveConnectionRequest,
  place: SecretPlace,
  secrets: Pick<Secrets, "seal">,
): Promise<string | undefined> {
  if (secret === undefined) return undefined;
  return isEmpty(hide(secret)) ? "" : secrets.seal(toBinary(ConnectionSecretSchema, secret), place);
}

/**
 * Throws INVALID_REQUEST where the request keeps a secret that was given for another system, another way
 * there or another user: it is never sent where it was not given for.
 */
export function checkKeptSecret({ kind, secret }: SaveConnectionRequest, current: StoredConnection | undefined): void {
  if (secret !== undefined || current?.secret === undefined) return;
  if (isSameDestination(kind, parseStoredSettings(current.settingsJson).kind)) return;
  const description = "must be given again, or empty to remove it: the one that is kept was given for another address";
  throw fault("INVALID_REQUEST", "the connection leads elsewhere now, and its secret does not go with it", {
    details: [{ field: "secret", description }],
  });
}

function isEmpty({ password, bearerToken, headers }: ConnectionSecret): boolean {
  return password === "" && bearerToken === "" && Object.keys(headers).length === 0;
}
