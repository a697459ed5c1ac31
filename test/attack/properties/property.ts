import type { HttpResponse } from "../http-response.ts";
import { type CaseRecord, judgedOutcomes, type Outcome } from "../record.ts";
import type { Scope } from "../scope.ts";

/** Says what is wrong with a case that has run; undefined where its property holds. */
type Judge = (record: CaseRecord, scope: Scope) => Promise<string | undefined> | string | undefined;

/** A property looks at the world before its case runs, and gives the judge for afterwards. */
export type Property = (scope: Scope) => Promise<Judge> | Judge;

/** Properties by the names that cases call them by. */
export type Properties = Readonly<Record<string, Property>>;

/** A property of each response that `expect` judges. */
export function ofResponses(problemOf: (response: HttpResponse, outcome: Outcome) => string | undefined): Property {
  return () => (record) => firstProblem(judgedOutcomes(record), problemOf);
}

/** Returns the first problem that a response among outcomes has. */
export function firstProblem(
  outcomes: readonly Outcome[],
  problemOf: (response: HttpResponse, outcome: Outcome) => string | undefined,
): string | undefined {
  for (const outcome of outcomes) {
    const problem = outcome.response && problemOf(outcome.response, outcome);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A property that holds where the test does for each response that is judged. */
export function everyResponse(problem: string, holds: (response: HttpResponse, outcome: Outcome) => boolean): Property {
  return ofResponses((response, outcome) => (holds(response, outcome) ? undefined : problem));
}

/** A property of the whole case. */
export function ofRecord(problemOf: (record: CaseRecord, scope: Scope) => string | undefined): Property {
  return (scope) => (record) => problemOf(record, scope);
}
