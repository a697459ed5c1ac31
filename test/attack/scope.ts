import type { Prepared } from "./around/around.ts";
import { type Auth, type Case, type JwtChanges, type Part, stepsWithin } from "./corpus.ts";
import { fixtures } from "./fixtures.ts";
import { jsonOf } from "./http-response.ts";
import { inputsOf } from "./inputs.ts";
import { forgeToken } from "./jwt.ts";
import { partsToBytes } from "./parts.ts";
import type { Exchange } from "./raw-socket.ts";
import type { Outcome, Published } from "./record.ts";
import { type Send, sendRequest } from "./send.ts";
import { shorten, shownParts } from "./shown.ts";
import type { StepRunner } from "./steps/step-kind.ts";
import { fillIn, namesIn, type Variables } from "./variables.ts";
import type { World } from "./world.ts";

/** What the steps of one case share. */
export type Scope = {
  readonly world: World;
  /** Grows with what steps save. */
  readonly variables: Record<string, string | (() => string)>;
  readonly published: Published[];
  /** Ids of shares by their tokens. */
  readonly shareIds: Map<string, string>;
  /** What its world has made for it, where that is a world of other systems. */
  readonly prepared: Prepared | undefined;
  /** Runs a step within another. */
  readonly run: StepRunner;
  readonly attack: Case;
  /** How requests are sent, where that is not over a connection for each. */
  readonly send?: Send;
  /** What is done when the case is over, whatever came of it, the last first. */
  readonly atEnd: (() => Promise<void> | void)[];
};

/** Makes the scope of a case, with the dashboards that it refers to. */
export async function createScope(world: World, attack: Case, run: StepRunner): Promise<Scope> {
  const names = new Set([
    ...namesIn(attack),
    ...attack.steps.flatMap(stepsWithin).flatMap(({ dashboard }) => namesIn(dashboard ?? "")),
  ]);
  const prepared = await world.around?.prepare(attack);
  const own: Record<string, string | (() => string)> = { ...prepared?.variables };
  for (const name of Object.keys(fixtures)) {
    const isThere = Object.hasOwn(own, name) || (prepared !== undefined && Object.hasOwn(world.variables, name));
    if (names.has(name) && !isThere) own[name] = await world.fixture(name);
  }
  const variables = { ...world.variables, ...own };
  return { world, variables, published: [], shareIds: new Map(), prepared, run, attack, atEnd: [] };
}

/** A request of a step. */
export type StepRequest = {
  readonly method: string;
  readonly path: string;
  readonly auth: Auth;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: readonly Part[];
  /** Scopes that its token has beside the usual. */
  readonly moreScopes?: string;
};

/** Sends a request of a step, with what holds in the scope and, in a loop, its index. */
export async function request(scope: Scope, step: StepRequest, index?: number): Promise<Outcome> {
  const { world } = scope;
  const variables: Variables = index === undefined ? scope.variables : { ...scope.variables, i: `${index}` };
  const fill = (text: string) => fillIn(text, variables);
  const path = fill(step.path);
  const authorization = authorizationOf(step, world, variables);
  const headers = [
    ...(authorization === undefined ? [] : [["authorization", authorization] as const]),
    ...step.headers.map(([name, value]) => [name, fill(value)] as const),
  ];
  const body = await textOf(step.body, fill);
  const sentAtMs = Date.now();
  const [, key] = headers.find(([name]) => /^(x-request-id|idempotency-key)$/i.test(name)) ?? [];
  const send = scope.send ?? sendRequest;
  const result = await send(world.service.port, { method: step.method, path, headers, body: step.body }, fill);
  return {
    caller: callerOf(step.auth),
    method: step.method,
    path,
    inputs: inputsOf(path, authorization, body),
    json: jsonOf({ body, status: 0, head: "", headers: [] }),
    ...resultOf(result),
    sentAtMs,
    ...(key !== undefined && { key }),
    sent: `${step.method} ${path}\n${linesOf(headers)}\n${shownParts(step.body, fill)}`,
  };
}

/** Of a long value, its beginning: a token's owner is said elsewhere. */
function linesOf(headers: readonly (readonly [name: string, value: string])[]): string {
  const lines = headers.map(([name, value]) => `${name}: ${value.length > 120 ? `${value.slice(0, 60)}...` : value}`);
  return shorten(lines.join("\n"));
}

/** Returns what an outcome takes from an exchange. */
export function resultOf(result: Exchange): Pick<Outcome, "response" | "responses" | "closed" | "latencyMs"> {
  const { responses, closed, latencyMs } = result;
  return { response: responses.at(-1), responses: responses.length, closed, latencyMs };
}

/** Bodies beyond this are hostile by their size only, and not looked into. */
const maxTextBytes = 400_000;

async function textOf(parts: readonly Part[], fill: (text: string) => string): Promise<string> {
  const size = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  if (size > maxTextBytes) return "";
  return Buffer.concat(await Array.fromAsync(partsToBytes(parts, fill))).toString();
}

function sizeOf(part: Part): number {
  if (typeof part === "string") return part.length;
  if ("n" in part) return part.n;
  return "hex" in part ? part.hex.length : Number.POSITIVE_INFINITY;
}

/** Returns the header of whoever sends a request. */
export function authorizationOf(
  { auth, moreScopes }: Pick<StepRequest, "auth" | "moreScopes">,
  world: World,
  variables: Variables,
): string | undefined {
  if (auth === "none") return undefined;
  if (auth === "A" || auth === "B") return `Bearer ${world.token(auth, moreScopes)}`;
  if ("tenant" in auth) return `Bearer ${world.token(auth.tenant, moreScopes)}`;
  if ("raw" in auth) return fillIn(auth.raw, variables);
  return `Bearer ${forgeToken(asTenantOf(world, auth.jwt), variables)}`;
}

/** Some worlds have another name for A. */
function asTenantOf({ nameOfA = "A" }: World, changes: JwtChanges): JwtChanges {
  return nameOfA === "A" ? changes : { ...changes, claims: { tenant: nameOfA, ...changes.claims } };
}

/** Returns whose token a request carries. */
export function callerOf(auth: Auth): Outcome["caller"] {
  return auth === "A" || auth === "B" ? auth : "none";
}
