import { type ErrorAnswer, toErrorAnswer } from "../../src/errors/answer.ts";

/** Waits for work that must fail, and returns what its caller would be told. */
export async function refusalOf(work: Promise<unknown>): Promise<ErrorAnswer> {
  return work.then(
    () => {
      throw new Error("it was not refused");
    },
    (error) => toErrorAnswer(error),
  );
}
