import type { DescMessage, DescMethodUnary, MessageShape } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import { toApiError } from "./api-error.ts";
import { type Deadline, startDeadline } from "./deadline.ts";
import type { Input } from "./input.ts";
import { OwnError } from "./own-error.ts";
import { createRequestId } from "./request-id.ts";
import type { Result } from "./result.ts";
import { waitBeforeRetry } from "./retry.ts";
import { toMessage } from "./to-message.ts";

/** What may be said with one call. */
export type CallOptions = {
  /** Gives the call up. */
  readonly signal?: AbortSignal | undefined;
  /** How long it may take, all tries together, in milliseconds; the client's own unless given. */
  readonly timeoutMs?: number | undefined;
  /**
   * Names the call, and is its idempotency key; made at random unless given. Give the one of an earlier call to repeat
   * that without a second effect.
   */
  readonly requestId?: string | undefined;
};

/** A bearer token, or what gives one that is valid now; it is asked before each try. */
export type Token = string | (() => string | Promise<string>);

/** What all calls of a client have in common. */
export type CallDefaults = {
  readonly transport: Transport;
  readonly token: Token;
  readonly tenant: string | undefined;
  readonly timeoutMs: number;
  readonly retries: number;
};

/** Calls a method of one message that gives one; never rejects. */
export type Call = <I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  request: Input<MessageShape<I>>,
  options?: CallOptions,
) => Promise<Result<MessageShape<O>>>;

/** Creates the way in which all methods are called: one deadline and one request id over all tries. */
export function createCall(defaults: CallDefaults): Call {
  return async (method, request, options = {}) => {
    const requestId = options.requestId ?? createRequestId();
    const deadline = startDeadline(options.timeoutMs ?? defaults.timeoutMs, options.signal);
    try {
      const message = toMessage(method.input, request);
      for (let failures = 1; ; failures += 1) {
        const result = await settle(() => tryOnce(defaults, method, message, requestId, deadline));
        if (result.ok || failures > defaults.retries) return result;
        const waitMs = waitBeforeRetry(result.error, failures, Math.random);
        if (waitMs === undefined || waitMs >= deadline.remainingMs()) return result;
        await deadline.sleep(waitMs);
      }
    } catch (error) {
      return toFailure(error);
    } finally {
      deadline.stop();
    }

    async function settle<T>(attempt: () => Promise<Result<T>>): Promise<Result<T>> {
      try {
        return await attempt();
      } catch (error) {
        return toFailure(error);
      }
    }

    function toFailure(error: unknown): { ok: false; error: ReturnType<typeof toApiError> } {
      const ended = deadline.ended();
      return { ok: false, error: toApiError(ended === undefined ? error : toEnd(ended, error), requestId) };
    }
  };
}

async function tryOnce<I extends DescMessage, O extends DescMessage>(
  { transport, token, tenant }: CallDefaults,
  method: DescMethodUnary<I, O>,
  message: MessageShape<I>,
  requestId: string,
  deadline: Deadline,
): Promise<Result<MessageShape<O>>> {
  const bearer = typeof token === "string" ? token : await deadline.within(askToken(token));
  const headers = toHeaders({ authorization: `Bearer ${bearer}`, "x-request-id": requestId, "x-tenant-id": tenant });
  // 0 would stand for no deadline at all.
  const timeoutMs = Math.max(1, Math.ceil(deadline.remainingMs()));
  const answer = await transport.unary(method, deadline.signal, timeoutMs, headers, message);
  return { ok: true, value: answer.message, requestId: answer.header.get("x-request-id") ?? requestId };
}

async function askToken(token: () => string | Promise<string>): Promise<string> {
  try {
    return await token();
  } catch (cause) {
    throw new OwnError("unauthorized", "TOKEN_UNAVAILABLE", "no token could be had: see cause", { cause });
  }
}

function toHeaders(values: Readonly<Record<string, string | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(values)) {
    try {
      if (value !== undefined) headers.set(name, value);
    } catch {
      // The message of the error quotes the value, which may be the token.
      throw new OwnError("invalid_request", "INVALID_REQUEST", `${name} holds what no header can`);
    }
  }
  return headers;
}

function toEnd(ended: "timeout" | "canceled", cause: unknown): OwnError {
  return ended === "timeout"
    ? new OwnError("timeout", "TIMEOUT", "no answer came in time", { cause })
    : new OwnError("canceled", "CANCELED", "the call was given up by its caller", { cause });
}
