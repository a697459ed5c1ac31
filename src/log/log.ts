import { type DestinationStream, type Logger, pino } from "pino";
import { type AccessFields, createAccessLine } from "./access-line.ts";
import { createTurnsDestination } from "./by-turns.ts";
import { redact } from "./redact.ts";

/** Writes JSON lines. A line is an object of fields and a constant message, so that it can be searched. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error"> & {
  /** Writes the line of a request, at the level `info`. */
  readonly access: (fields: AccessFields) => void;
};

/** How much is written. `silent` writes nothing. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/**
 * Creates a log to the given stream, standard error unless told: standard output is for what a
 * person asked to see. Fields that hold secrets are cut out wherever a caller puts them by mistake.
 *
 * @param fieldsOf fields that each line has besides, such as the trace that it is part of; none unless told
 */
export function createLog(
  level: LogLevel,
  stream: DestinationStream = createTurnsDestination(2),
  fieldsOf?: (() => object) | undefined,
): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (fields) => redact(fields) },
      serializers: { error: (error: unknown) => describeError(error) },
      ...(fieldsOf !== undefined && { mixin: fieldsOf }),
    },
    stream,
  );
  const access = logger.isLevelEnabled("info") ? createAccessLine(stream, Date.now) : () => {};
  return Object.assign(logger, { access });
}

/** How far the chain of causes is followed, which may lead back to where it began. */
const maxCauses = 5;

/**
 * Says what an error is without its message's values: drivers' messages quote queries and data. The
 * stack's frames stay, for whoever has to find it; the chain of causes is followed.
 */
function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = "code" in error ? error.code : undefined;
  return {
    name: error.name,
    ...((typeof code === "string" || typeof code === "number") && { code }),
    at: framesOf(error).slice(0, 6),
    ...(error.cause !== undefined && depth < maxCauses && { cause: describeError(error.cause, depth + 1) }),
  };
}

/** Leaves the message out first, whose own lines may look like frames, such as those of a query. */
function framesOf({ stack = "", message }: Error): readonly string[] {
  const start = stack.indexOf(message);
  if (start < 0) return [];
  return stack
    .slice(start + message.length)
    .split("\n")
    .filter((line) => line.startsWith("    at "))
    .map((line) => line.trim().slice(3));
}
