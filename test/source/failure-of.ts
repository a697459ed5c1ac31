import { SourceError } from "../../src/source/source-error.ts";

/** What went wrong in a source, as `failure: words`; empty where nothing did. Any other error is thrown on. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "";
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return `${error.failure}: ${error.message}`;
  }
}
