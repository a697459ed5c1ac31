import type { DescMessage, Message } from "@bufbuild/protobuf";
import type { Interceptor } from "@connectrpc/connect";
import {
  PreviewDefinitionRequestSchema,
  ValidateDefinitionRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { type FieldProblem, fault } from "../errors/fault.ts";
import type { Log } from "../log/log.ts";
import { callInfoKey } from "./call.ts";
import { createEnding } from "./ending.ts";
import { findUnclean } from "./hygiene.ts";
import { reportFault } from "./report.ts";
import { type CrossFieldCheck, createProblemSearch, type FieldCheck } from "./validate.ts";

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
 * signal; an implementation that does not look at it would answer late, so this one races it. Most answers are kept,
 * and there before anything could end their call: nothing is watched until a turn of the event loop later, or until
 * somebody looks at the signal.
 */
export function deadlineInterceptor(timeoutMs: number): Interceptor {
  return (next) => async (request) => {
    if (request.stream) return next(request);
    const ending = createEnding(request, timeoutMs);
    const soon = setImmediate(ending.watch);
    try {
      const limited = Object.create(request, { signal: { get: ending.signal } }) as typeof request;
      return await Promise.race([next(limited), ending.ended]);
    } finally {
      clearImmediate(soon);
      ending.stop();
    }
  };
}

/** Refuses messages that are not fit. */
export type Validation = {
  readonly interceptor: Interceptor;
  /** Whether a message was found to be fit before: some are sent over and over, and kept. */
  isFit(message: Message): boolean;
};

/**
 * Creates the validation, which refuses a message with all its problems at once: what no message may hold, the
 * limits of the proto, and what `crossFieldCheck` finds.
 */
export function createValidation(fieldCheck: FieldCheck, crossFieldCheck: CrossFieldCheck): Validation {
  const findProblems = createProblemSearch(fieldCheck, crossFieldCheck);
  const fit = new WeakSet<Message>();
  const interceptor: Interceptor = (next) => async (request) => {
    if (request.stream || fit.has(request.message)) return next(request);
    const schema = request.method.input;
    // What a message must never hold is settled first: the other checks may rely on it.
    const unclean = findUnclean(schema, request.message);
    if (unclean.length > 0) throw unfit(unclean);
    if (toldInAnswers.has(schema)) return next(request);
    const problems = findProblems(schema, request.message);
    if (problems.length > 0) throw unfit(problems);
    fit.add(request.message);
    return next(request);
  };
  return { interceptor, isFit: (message) => fit.has(message) };
}

/** Whose problems are what is asked for: their methods find them. */
const toldInAnswers: ReadonlySet<DescMessage> = new Set<DescMessage>([
  ValidateDefinitionRequestSchema,
  PreviewDefinitionRequestSchema,
]);

function unfit(details: readonly FieldProblem[]): Error {
  const fields = details.length === 1 ? "a field is" : "some fields are";
  return fault("INVALID_REQUEST", `${fields} not as the contract has it: see details`, { details });
}
