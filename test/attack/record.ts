import type { Case, Step } from "./corpus.ts";
import type { HttpResponse } from "./http-response.ts";
import type { Pressure } from "./pressure.ts";

/** One request and what came of it. */
export type Outcome = {
  /** Whose token it carried; `none` where that was nobody's. */
  readonly caller: "A" | "B" | "none";
  readonly method: string;
  readonly path: string;
  /** What the caller wrote in it, piece by piece. */
  readonly inputs: readonly string[];
  /** The body as JSON, where it is an object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** Undefined where none came. */
  readonly response: HttpResponse | undefined;
  /** How many responses came on its connection. */
  readonly responses: number;
  readonly closed: boolean;
  readonly latencyMs: number;
  readonly sentAtMs: number;
  /** What was sent, for a report: its head and body, cut where they are long. */
  readonly sent: string;
  /** The idempotency key that it carried. */
  readonly key?: string;
};

/** What a step did. */
export type StepRecord = {
  readonly step: Step;
  readonly outcomes: readonly Outcome[];
  /** Whether the case has passed here: what it attacks was refused. */
  readonly passed?: boolean;
  /** Latencies of the two sides of a timing pair. */
  readonly pair?: { readonly aMs: readonly number[]; readonly bMs: readonly number[] };
  /** How a process ended that was told to. */
  readonly drain?: Drain;
  /** What a step that presses the service has measured. */
  readonly pressure?: Pressure;
};

/** How a process ended that was told to. */
export type Drain = {
  readonly exitCode: number | null;
  /** From the signal on. */
  readonly exitMs: number;
  /** Requests that were under way at the signal, and those of them that got no response. */
  readonly inFlight: number;
  readonly unanswered: number;
};

/** A version that a case has published. */
export type Published = { readonly tenant: string; readonly dashboardId: string; readonly title: string };

/** What a case did, for its judges. */
export type CaseRecord = {
  readonly attack: Case;
  readonly steps: readonly StepRecord[];
  /** In order. */
  readonly published: readonly Published[];
};

/** Returns the outcomes that `expect` judges: those of the last step that has any. */
export function judgedOutcomes({ steps }: CaseRecord): readonly Outcome[] {
  return steps.findLast(({ outcomes }) => outcomes.length > 0)?.outcomes ?? [];
}

/** Returns the responses among outcomes. */
export function responsesOf(outcomes: readonly Outcome[]): readonly HttpResponse[] {
  return outcomes.flatMap(({ response }) => response ?? []);
}

/** Returns the response of the last outcome that is judged. */
export function lastResponse(record: CaseRecord): HttpResponse | undefined {
  return responsesOf(judgedOutcomes(record)).at(-1);
}

/** Returns the response to the first request of the case. */
export function firstResponse({ steps }: CaseRecord): HttpResponse | undefined {
  return responsesOf(steps.flatMap(({ outcomes }) => outcomes))[0];
}
