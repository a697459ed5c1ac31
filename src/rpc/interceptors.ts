import type { DescMessage, Message } from "@bufbuild/protobuf";
import type { Interceptor } from "@connectrpc/connect";
import { reasonOf, toFault } from "../errors/answer.ts";
import { type FieldProblem, fault } from "../errors/fault.ts";
import type { Log } from "../log/log.ts";
import { callInfoKey } from "./call.ts";
import { findUnclean } from "./hygiene.ts";
import { reportFault } from "./report.ts";
import type { FieldCheck } from "./validate.ts";

/**
 * Turns whatever a method throws into one of our faults, and reports it. Outermost, so that nothing
 * else's error leaves as it was.
 */
export function faultInterceptor(log: Log): Interceptor {
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      const requestId = request.contextValues.get(callInfoKey)?.requestId;
      throw reportFault(error, { method: request.method.name, requestId }, log);
    }
  };
}

/**
 * Ends a call that takes longer than `timeoutMs`, or than its caller allows. Connect only aborts the
 * signal; an implementation that does not look at it would answer late, so this one races it.
 */
export function deadlineInterceptor(timeoutMs: number): Interceptor {
  return (next) => async (request) => {
    if (request.stream) return next(request);
    const controller = new AbortController();
    let stop = () => {};
    const ended = new Promise<never>((_, reject) => {
      const end = (reason: "DEADLINE_EXCEEDED" | "CANCELED", message: string) => {
        const error = fault(reason, message);
        controller.abort(error);
        reject(error);
      };
      const timer = setTimeout(() => {
        end("DEADLINE_EXCEEDED", "the deadline passed before the answer was ready: try again, or ask for less");
      }, timeoutMs);
      const onAbort = () => {
        const late = toFault(request.signal.reason);
        end(reasonOf(late) === "DEADLINE_EXCEEDED" ? "DEADLINE_EXCEEDED" : "CANCELED", late.rawMessage);
      };
      if (request.signal.aborted) onAbort();
      request.signal.addEventListener("abort", onAbort);
      stop = () => {
        clearTimeout(timer);
        request.signal.removeEventListener("abort", onAbort);
      };
    });
    try {
      return await Promise.race([next({ ...request, signal: controller.signal }), ended]);
    } finally {
      stop();
    }
  };
}

/** Problems of a message that no single field shows, such as a reference to nothing. */
export type CrossFieldCheck = (schema: DescMessage, message: Message) => readonly FieldProblem[];

/**
 * Refuses a message that is not fit, with all its problems at once: what no message may hold, the
 * limits of the proto, and what `crossFieldCheck` finds.
 */
export function validateInterceptor(fieldCheck: FieldCheck, crossFieldCheck: CrossFieldCheck): Interceptor {
  return (next) => async (request) => {
    if (request.stream) return next(request);
    const schema = request.method.input;
    // What a message must never hold is settled first: the other checks may rely on it.
    const unclean = findUnclean(schema, request.message);
    if (unclean.length > 0) throw unfit(unclean);
    const problems = [...fieldCheck(schema, request.message), ...crossFieldCheck(schema, request.message)];
    if (problems.length > 0) throw unfit(problems);
    return next(request);
  };
}

function unfit(details: readonly FieldProblem[]): Error {
  const fields = details.length === 1 ? "a field is" : `${details.length} fields are`;
  return fault("INVALID_REQUEST", `${fields} not as the contract has it: see details`, { details });
}
