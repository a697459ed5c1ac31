import type { Log } from "../log/log.ts";
import type { SourceQuery } from "./runner.ts";
import { SourceError, type SourceFailure } from "./source-error.ts";

/** Says what an error comes to for whoever asked, and logs it by tenant, datasource and category. */
export type ReportFailure = (query: SourceQuery, error: unknown) => SourceFailure;

/** Creates the report. What is no SourceError is a fault of ours, and logged as such. */
export function createFailureReport(log: Log): ReportFailure {
  return ({ tenant, datasource }, error) => {
    const where = { tenant, datasource: datasource.id };
    if (error instanceof SourceError) {
      log.warn({ ...where, failure: error.failure, category: error.message }, "a source gave no rows");
      return error.failure;
    }
    log.error({ ...where, error }, "reading a source went wrong");
    return "source_failed";
  };
}
