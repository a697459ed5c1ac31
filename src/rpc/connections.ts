import { fromBinary } from "@bufbuild/protobuf";
import { LRUCache } from "lru-cache";
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
  /**
   * Returns the connection as it was saved last, at once where that was asked a moment ago; undefined where there is
   * none, which is never remembered.
   */
  find(tenant: string, name: string): OpenConnection | Promise<OpenConnection | undefined>;
  /** Returns the connection as it is at this moment. */
  findNow(tenant: string, name: string): Promise<OpenConnection | undefined>;
  /** Says that it was saved or deleted, so that this is seen at once. */
  changed(tenant: string, name: string): void;
};

/** What the lookup needs. */
export type ConnectionLookupOptions = {
  readonly store: Pick<Store, "getConnection" | "getConnections">;
  readonly secrets: Pick<Secrets, "open">;
  readonly news: News;
  readonly elapsedMs: () => number;
};

type Kind = ReturnType<typeof parseStoredSettings>["kind"];

/** How many connections are remembered, and of how many characters of settings in all what they say. */
const maxKnown = 10_000;
const maxKnownChars = 1_048_576;

/**
 * Creates the lookup. What it found is asked anew every second, and serves for ten minutes while the store is
 * down. Secrets are kept sealed, and opened for each use.
 */
export function createConnectionLookup({ store, secrets, news, elapsedMs }: ConnectionLookupOptions): ConnectionLookup {
  const kindOf = createKindReader();
  const open = (tenant: string, stored: StoredConnection | undefined) =>
    stored && toOpenConnection(tenant, stored, kindOf(stored.settingsJson), secrets);
  const findNow = async (tenant: string, name: string) => open(tenant, await store.getConnection(tenant, name));
  const known = createLastAnswers({
    ask: findNow,
    async askAll(asked) {
      const stored = await store.getConnections(asked);
      return asked.map(({ tenant }, at) => open(tenant, stored[at]));
    },
    ...{ freshMs: 1_000, staleMs: 600_000, max: maxKnown, elapsedMs },
  });
  news.hear("connection", known.forget);
  const find = (tenant: string, name: string) => known.atHand(tenant, name)?.value ?? known.get(tenant, name);
  return { find, findNow, changed: (tenant, name) => news.tell("connection", tenant, name) };
}

/** Creates the reading of settings, which are the same each second. Whoever has what they say must not change it. */
function createKindReader(): (settingsJson: string) => Kind {
  const known = new LRUCache<string, Kind>({ maxSize: maxKnownChars, sizeCalculation: (_, json) => json.length + 1 });
  return (settingsJson) => {
    const kind = known.get(settingsJson) ?? parseStoredSettings(settingsJson).kind;
    known.set(settingsJson, kind);
    return kind;
  };
}

/** Returns undefined for a kind that this release does not know. */
function toOpenConnection(
  tenant: string,
  { name, secret: sealed, revision }: StoredConnection,
  kind: Kind,
  secrets: Pick<Secrets, "open">,
): OpenConnection | undefined {
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
