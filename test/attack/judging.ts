import type { Case, Step } from "./corpus.ts";
import type { HttpResponse } from "./http-response.ts";
import { findProperty } from "./properties/table.ts";
import type { CaseRecord, Outcome, StepRecord } from "./record.ts";
import type { Scope } from "./scope.ts";

/** What a response was, as far as it matters. */
export type Seen = Partial<Outcome> & { readonly status?: number; readonly body?: string; readonly headers?: Headers };

type Headers = Readonly<Record<string, string>>;

/** What a property may look at beside responses. */
export type Circumstances = {
  readonly pair?: StepRecord["pair"];
  readonly scope?: object;
  readonly steps?: readonly Step[];
  /** Whether one step has all of the responses, as a burst has. */
  readonly asOne?: boolean;
  /** Called between the property's first look and its judgement. */
  readonly meanwhile?: () => void;
};

/** Lets a property judge a case that never was. */
export async function judge(
  name: string,
  seen: readonly Seen[],
  { pair, scope = { world: {} }, steps = [], asOne = false, meanwhile }: Circumstances = {},
): Promise<string | undefined> {
  const judged = await findProperty(name)!(scope as Scope);
  meanwhile?.();
  const outcomes = seen.map(toOutcome);
  const records: StepRecord[] = (asOne ? [outcomes] : outcomes.map((each) => [each])).map((each) => ({
    step: { do: "http" },
    outcomes: each,
    ...(pair && { pair }),
  }));
  const attack: Case = { id: "", name: "", steps, expect: { status: [], props: [] } };
  const record: CaseRecord = {
    attack,
    steps: [...steps.map((step) => ({ step, outcomes: [] })), ...records],
    published: [],
  };
  return judged(record, scope as Scope);
}

function toOutcome({ status = 200, body = "", headers = {}, ...seen }: Seen): Outcome {
  const lines = Object.entries(headers);
  const head = [`HTTP/1.1 ${status}`, ...lines.map(([name, value]) => `${name}: ${value}`)].join("\r\n");
  const response: HttpResponse = { status, head, headers: lines, body };
  return {
    caller: "A",
    method: "POST",
    path: "/x",
    inputs: [],
    json: undefined,
    response,
    responses: 1,
    closed: false,
    latencyMs: 1,
    sentAtMs: 0,
    sent: "",
    ...seen,
  };
}
