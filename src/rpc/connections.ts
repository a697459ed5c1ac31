import { fromBinary } from "@bufbuild/protobuf";
import { ConnectionSecretSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import type { News } from "../cache/news.ts";
import { parseStoredSettings } from "../definition/connection-settings.ts";
import { hide } from "../secret/hide.ts";
import { SealError } from "../secret/seal.ts";
import type { Secrets } from "../secret/secrets.ts";
import type { OpenConnection } from "../source/connector.ts";
import { SourceError } from "../source/source-error.ts";
import type { StoredConnection } from "../store/connections.ts";
import type { Store } from "../store/store.ts";
import { createLastAnswers } from "./last-answers.ts";

/** Looks up tenants' connections by name. */
export type ConnectionLookup = {
  /** Returns the connection as it was saved last; undefined where there is none, which is never remembered. */
  find(tenant: string, name: string): Promise<OpenConnection | undefined>;
  /** Returns the connection as it is at this moment. */
  findNow(tenant: string, name: string): Promise<OpenConnection | undefined>;
  /** Says that it was saved or deleted, so that this is seen at once. */
  changed(tenant: string, name: string): void;
};

/** What the lookup needs. */
export type ConnectionLookupOptions = {
  readonly store: Pick<Store, "getConnection">;
  readonly secrets: Pick<Secrets, "open">;
  readonly news: News;
  readonly elapsedMs: () => number;
};

/**
 * Creates the lookup. What it found is asked anew every second, and serves for ten minutes while the store is
 * down. Secrets are kept sealed, and opened for each use.
 */
export function createConnectionLookup({ store, secrets, news, elapsedMs }: ConnectionLookupOptions): ConnectionLookup {
  const findNow = async (tenant: string, name: string) => {
    const stored = await store.getConnection(tenant, name);
    return stored && toOpenConnection(tenant, stored, secrets);
  };
  const known = createLastAnswers({ ask: findNow, freshMs: 1_000, staleMs: 600_000, max: 10_000, elapsedMs });
  news.hear("connection", known.forget);
  return { find: known.get, findNow, changed: (tenant, name) => news.tell("connection", tenant, name) };
}

/** Returns undefined for a kind that this release does not know. */
function toOpenConnection(
  tenant: string,
  { name, settingsJson, secret: sealed, revision }: StoredConnection,
  secrets: Pick<Secrets, "open">,
): OpenConnection | undefined {
  const { kind } = parseStoredSettings(settingsJson);
  if (kind.case === undefined) return undefined;
  const secret = async () => {
    const place = { tenant, name };
    const bytes = sealed === undefined ? new Uint8Array() : await secrets.open(sealed, place).catch(cannotBeOpened);
    return hide(fromBinary(ConnectionSecretSchema, bytes));
  };
  return { tenant, name, revision, kind, secret };
}

function cannotBeOpened(error: unknown): never {
  if (!(error instanceof SealError)) throw error;
  throw new SourceError("source_failed", "the secret cannot be decrypted: save the connection with its secret again");
}
