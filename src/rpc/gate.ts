import type { Authenticator } from "../auth/authenticator.ts";
import type { Principal } from "../auth/principal.ts";
import { actingTenant, requireScope } from "../auth/scopes.ts";
import { reasonOf, toFault } from "../errors/answer.ts";
import { bodyTooLarge } from "../errors/body-too-large.ts";
import { fault } from "../errors/fault.ts";
import { addressKey } from "../limit/address-key.ts";
import type { RateLimiter, RateRule } from "../limit/gcra.ts";
import { rateLimitHeaders } from "../limit/rate-limit-headers.ts";
import type { RateOf } from "../limit/rates.ts";
import type { Log } from "../log/log.ts";
import type { GateContext } from "../unary/unary-call.ts";
import { type CallInfo, callerKey, callInfoKey } from "./call.ts";
import { type MethodPolicy, policies } from "./policy.ts";
import { reportFault } from "./report.ts";
import { refuseSuspended, type SuspensionCheck } from "./suspension.ts";

/**
 * Decides whether a call may go on, before its body is read: at once where all that it asks for is known. Throws a fault
 * when not.
 */
export type Gate = (context: GateContext) => void | Promise<void>;

/** What the gate asks. */
export type GateOptions = {
  readonly authenticate: Authenticator;
  readonly isSuspended: SuspensionCheck;
  readonly limiter: RateLimiter;
  /** Calls of each tenant to each method. */
  readonly rateOf: RateOf;
  /**
   * Tokens that fail, by address: enough for a misconfigured client to see its 401, and not enough for
   * a guesser's flood of them; valid tokens of the same address are not touched.
   */
  readonly failedTokenRate: RateRule;
  /** Told of each call that came too soon, and of each token that failed; nobody unless told. */
  readonly onLimited?: ((limit: "calls" | "failed_tokens") => void) | undefined;
  readonly elapsedMs: () => number;
  readonly log: Log;
};

/**
 * Creates the gate that every protocol passes: request id and declared size, then who calls, then how
 * often, then whether they may. A method that has no policy is refused: nothing is open by omission.
 */
export function createGate(options: GateOptions): Gate {
  const { limiter, rateOf, failedTokenRate, log } = options;
  return (context) => {
    const info = context.values.get(callInfoKey);
    const fail = (error: unknown): never => {
      throw reportFault(error, { method: context.method.name, requestId: info?.requestId }, log);
    };
    try {
      return pass(context, info)?.catch(fail);
    } catch (error) {
      return fail(error);
    }
  };

  function pass(context: GateContext, info: CallInfo | undefined): void | Promise<void> {
    const policy = Object.hasOwn(policies, context.method.name) ? policies[context.method.name] : undefined;
    if (info === undefined || policy === undefined) throw fault("INTERNAL", "something went wrong on our side");
    if (info.requestIdProblem) {
      throw fault(
        "INVALID_REQUEST_ID",
        "X-Request-Id must be sent once, as 1 to 255 printable ASCII characters without < > \" ' \\, and equal any Idempotency-Key",
      );
    }
    if (Number(context.requestHeader.get("content-length") ?? 0) > policy.maxBodyBytes) {
      throw bodyTooLarge(policy.maxBodyBytes);
    }
    return whenKnown(authenticated(context, info.remoteAddress), (principal) => {
      const tenant = actingTenant(principal, context.requestHeader.get("x-tenant-id"));
      const rate = rateOf(tenant, context.method.name);
      return whenKnown(limiter.take(`${tenant} ${context.method.name}`, rate), (decision) => {
        const headers = rateLimitHeaders("default", rate, decision);
        for (const name in headers) context.responseHeader.set(name, headers[name]!);
        if (!decision.allowed) {
          options.onLimited?.("calls");
          throw fault("RATE_LIMITED", "too many calls of this method: wait as long as Retry-After says", {
            retryAfterMs: decision.retryAfterMs,
          });
        }
        return whenKnown(refuseSuspended(options.isSuspended, tenant), () => {
          allow(context, policy, principal, tenant);
        });
      });
    });
  }

  function allow({ values }: GateContext, policy: MethodPolicy, principal: Principal, tenant: string): void {
    requireScope(principal, policy.scope);
    const { subject, held } = principal;
    if (!policy.holds && Object.keys(held).length > 0) {
      throw fault(
        "TOKEN_NARROWED",
        "this access token holds its caller to some of the data, which this method cannot do",
      );
    }
    const admittedAtMs = options.elapsedMs();
    values.set(callerKey, { tenant, tokenTenant: principal.tenant, subject, held, admittedAtMs });
  }

  function authenticated(context: GateContext, address: string): Principal | Promise<Principal> {
    const refuse = (error: unknown) => refuseToken(error, address);
    try {
      const known = options.authenticate(context.requestHeader.get("authorization"));
      return known instanceof Promise ? known.catch(refuse) : known;
    } catch (error) {
      return refuse(error);
    }
  }

  async function refuseToken(error: unknown, address: string): Promise<never> {
    if (reasonOf(toFault(error)) !== "UNAUTHENTICATED") throw error;
    const decision = await limiter.take(`failed token ${addressKey(address)}`, failedTokenRate);
    if (decision.allowed) throw error;
    options.onLimited?.("failed_tokens");
    throw fault("RATE_LIMITED", "too many tokens that are not valid from this address", {
      retryAfterMs: decision.retryAfterMs,
    });
  }
}

/** Goes on with a value, at once where it is there: most are, and waiting for nothing takes time. */
function whenKnown<Value, Next>(
  value: Value | Promise<Value>,
  next: (value: Value) => Next | Promise<Next>,
): Next | Promise<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}
