import { type ApiCall, type Caller, insist, succeed } from "./api.ts";
import { openTenantRows } from "./tenant-rows.ts";

/** What came of calls that were made many times at once. */
export type DuplicateFigures = {
  readonly keys: number;
  readonly calls: number;
  /** Effects that were had more than once, or not at all. */
  readonly wrong: number;
  readonly problems: readonly string[];
};

/** What is called. */
export type DuplicatePlan = {
  /** Calls as a tenant that nobody else writes for. */
  readonly caller: Caller;
  readonly tenant: string;
  readonly superuserUrl: string;
  readonly keys: number;
  readonly copies: number;
  readonly progress: (line: string) => void;
};

/** Keys at a time: so many copies of each are under way together. */
const atOnce = 2;

/** Makes calls many times at once with the same key, saves and links in turn: one effect each, one answer. */
export async function runDuplicates(plan: DuplicatePlan): Promise<DuplicateFigures> {
  const { caller, tenant, superuserUrl, keys, copies, progress } = plan;
  const rows = await openTenantRows(superuserUrl);
  const problems: string[] = [];
  await succeed(caller, toCall(0));
  const before = (await rows.of(tenant)).counts;

  const left = Array.from({ length: keys }, (_, n) => n + 1).values();
  const work = async () => {
    for (const n of left) {
      const call = toCall(n);
      const copy = async () => {
        const { status, text } = await insist(caller, call, `duplicate-${n}`);
        return status === 200 ? text : `${status} ${text}`;
      };
      const answers = new Set(await Promise.all(Array.from({ length: copies }, copy)));
      if (answers.size > 1) problems.push(`key ${n} has ${answers.size} answers: ${[...answers]}`);
      progress(`duplicates: ${n} of ${keys} keys, ${problems.length} problems`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));

  const after = (await rows.of(tenant)).counts;
  await rows.close();
  const saves = Math.ceil(keys / 2);
  const wanted = { versions: saves, shares: keys - saves, idempotency_keys: keys };
  let wrong = 0;
  for (const [table, count] of Object.entries(wanted)) {
    const more = after[table]! - before[table]!;
    wrong += Math.abs(more - count);
    if (more !== count) problems.push(`${more} new rows in ${table} instead of ${count}`);
  }
  return { keys, calls: keys * copies, wrong, problems };
}

/** Odd numbers are saves, each with a text of its own; even ones are links. */
function toCall(n: number): ApiCall {
  if (n > 0 && n % 2 === 0)
    return { method: "POST", path: "/share", body: { dashboard_id: "dup", expires_in_s: 3_600 } };
  return {
    method: "POST",
    path: "/definitions",
    body: { dashboard_id: "dup", layout: { title: `${n}` }, datasources: [] },
  };
}
