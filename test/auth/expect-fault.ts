import { unreachable } from "uvu/assert";
import { type ErrorAnswer, toErrorAnswer } from "../../src/errors/answer.ts";

/** Returns what a caller is told of the error that the call must end with. */
export async function faultOf(call: () => unknown): Promise<ErrorAnswer> {
  try {
    await call();
  } catch (error) {
    return toErrorAnswer(error);
  }
  return unreachable("this must not succeed") as never;
}
