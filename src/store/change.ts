import type { ConnectError } from "@connectrpc/connect";
import { fault } from "../errors/fault.ts";
import { noSuchVersion } from "./database-fault.ts";

/** What the functions that change a dashboard return: how it went, and where the dashboard stands then. */
export type Change = {
  /** Anything but `saved` and `unchanged` changed nothing. */
  readonly outcome: "saved" | "unchanged" | "conflict" | "draft_conflict" | "no_draft" | "not_found";
  /** The active version, an archived dashboard's last one, 0 where there is none. */
  readonly version: number;
  /** The draft's revision, 0 where there is none; null or absent where it does not matter. */
  readonly revision?: number | null;
};

/** Where a dashboard stands after a change. */
export type Changed = {
  readonly version: number;
  /** Whether there is a new version or revision: equal content makes none. */
  readonly changed: boolean;
};

/** Says where a dashboard stands after a change. */
export function toChanged({ version, outcome }: Change): Changed {
  return { version, changed: outcome === "saved" };
}

/** Waits for a change. Throws NOT_FOUND, or STALE_VERSION where something else than expected was there. */
export async function settleChange(rows: PromiseLike<readonly Change[]>): Promise<Change> {
  return settle((await rows)[0]!);
}

/** As `settleChange`, of one that is there. */
export function settle<T extends Change>(change: T): T {
  const { outcome, version, revision } = change;
  if (outcome === "conflict") throw staleVersion(version);
  if (outcome === "draft_conflict") throw staleRevision(revision ?? 0);
  if (outcome === "no_draft") throw fault("NOT_FOUND", "the dashboard has no draft: save one with draft set");
  if (outcome === "not_found") throw noSuchVersion();
  return change;
}

function staleVersion(active: number): ConnectError {
  return fault(
    "STALE_VERSION",
    active === 0
      ? "the dashboard has no version yet: leave expected_version out, or give 0"
      : `the active version is ${active}: read it, merge, and try again with expected_version ${active}`,
  );
}

function staleRevision(revision: number): ConnectError {
  return fault(
    "STALE_VERSION",
    revision === 0
      ? "there is no draft: leave expected_revision out, or give 0"
      : `the draft's revision is ${revision}: read it, merge, and try again with expected_revision ${revision}`,
  );
}
