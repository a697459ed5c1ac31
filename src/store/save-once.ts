import { type Call, type InTurn, type Kept, type LeftMs, replay } from "./call.ts";
import { type Change, settle } from "./change.ts";
import type { Connection } from "./connection.ts";
import type { DefinitionSave } from "./definitions.ts";

/**
 * Saves the next version of a dashboard once per key, however often the call is made. `answer` is a message in binary
 * that ends with the tag of its field for the version, a varint: the version is written behind it.
 */
export type SaveOnce = (call: Call, save: DefinitionSave, answer: Uint8Array) => Promise<Uint8Array>;

type Saved = (Change & { readonly answer: Uint8Array }) | (Kept & { readonly outcome: "kept" });

/**
 * Creates `saveOnce`: what `once` does with an effect that only saves, and refuses as both do, in one statement of the
 * database, which is a transaction by itself. It is about half the work of either side.
 */
export function createSaveOnce(inTurn: InTurn): SaveOnce {
  return (call, save, answer) => inTurn(call, (connection, left) => runSave(connection, call, save, answer, left));
}

async function runSave(
  { sql, session }: Connection,
  call: Call,
  save: DefinitionSave,
  answer: Uint8Array,
  left: LeftMs,
): Promise<Uint8Array> {
  const { tenant, method, key, fingerprint, actor } = call;
  const { dashboardId, json, digest, title, author, note, expectedVersion } = save;
  const statement = sql<Saved[]>`select * from save_definition_once(
    ${tenant}, ${method}, ${key ?? null}, ${fingerprint}, ${answer}, ${left.wait}, ${left.all},
    ${actor.subject}, ${actor.subjectTenant ?? null}, ${actor.requestId ?? null},
    ${dashboardId}, ${json}, ${digest}, ${title}, ${author}, ${note}, ${expectedVersion ?? null})`;
  // Where the session is not ours, neither is the isolation that a transaction has unless told: that of our sessions.
  const [saved] = session
    ? await statement
    : (await Promise.all([sql.unsafe("begin isolation level read committed"), statement, sql.unsafe("commit")]))[1];
  if (saved!.outcome === "kept") return replay(call, saved!);
  return settle(saved!).answer;
}
