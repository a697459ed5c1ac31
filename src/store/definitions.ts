import { fault } from "../errors/fault.ts";
import type { Connection } from "./connection.ts";

/** What is saved as the next version of a dashboard. */
export type DefinitionSave = {
  readonly dashboardId: string;
  /** The definition's canonical JSON, kept as it is. */
  readonly json: string;
  /** SHA-256 of `json`, in hexadecimal. */
  readonly digest: string;
  readonly title: string;
  /** Who saves: the subject of the caller's token. */
  readonly author: string;
  /** The active version that the caller has seen, 0 for none; undefined to save over whatever is there. */
  readonly expectedVersion: number | undefined;
};

/** A version as it was saved. */
export type StoredVersion = {
  readonly dashboardId: string;
  readonly version: number;
  readonly active: boolean;
  readonly json: string;
  readonly digest: string;
  readonly author: string;
  readonly createTimeMs: number;
};

type Saved = { readonly outcome: "saved" | "unchanged" | "conflict"; readonly version: number };
type VersionRow = {
  readonly version: number;
  readonly active: boolean;
  readonly content: string;
  readonly digest: string;
  readonly author: string;
  readonly create_time_ms: number;
};

/**
 * Saves the next version and makes it active, in the transaction that is open on the connection.
 * Content equal to the active version adds none. Throws STALE_VERSION when the expected version is
 * not the active one.
 */
export async function saveDefinition(
  { sql }: Connection,
  tenant: string,
  save: DefinitionSave,
): Promise<{ version: number }> {
  const { dashboardId, json, digest, title, author, expectedVersion } = save;
  const [saved] = await sql<Saved[]>`select * from save_definition(
    ${tenant}, ${dashboardId}, ${json}, ${digest}, ${title}, ${author}, ${expectedVersion ?? null})`;
  const { outcome, version } = saved!;
  if (outcome === "conflict") throw staleVersion(version);
  return { version };
}

/** Returns a version of a dashboard, the active one unless told which. */
export async function getVersion(
  { sql }: Connection,
  tenant: string,
  dashboardId: string,
  version: number | undefined,
): Promise<StoredVersion | undefined> {
  const [row] = await sql<VersionRow[]>`select * from get_version(${tenant}, ${dashboardId}, ${version ?? null})`;
  if (row === undefined) return undefined;
  const { content: json, create_time_ms: createTimeMs, ...rest } = row;
  return { dashboardId, json, createTimeMs, ...rest };
}

/** Returns the number of a dashboard's active version. */
export async function getActiveVersion(
  { sql }: Connection,
  tenant: string,
  dashboardId: string,
): Promise<number | undefined> {
  const [row] = await sql<{ version: number }[]>`select get_active_version(${tenant}, ${dashboardId}) as version`;
  return row?.version;
}

function staleVersion(active: number) {
  return fault(
    "STALE_VERSION",
    active === 0
      ? "the dashboard does not exist: leave expected_version out, or give 0"
      : `the active version is ${active}: read it, merge, and save with expected_version ${active}`,
  );
}
