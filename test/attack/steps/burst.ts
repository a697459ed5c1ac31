import type { Step } from "../corpus.ts";
import { createKeptConnection } from "../kept-connection.ts";
import { exchange } from "../raw-socket.ts";
import type { Outcome, StepRecord } from "../record.ts";
import type { Replicas } from "../replicas.ts";
import { sampled } from "../sampled.ts";
import type { Scope } from "../scope.ts";
import { requestBytes, type Send } from "../send.ts";
import { asTenant } from "../tenants.ts";
import type { WorldKind } from "../world-kind.ts";
import type { StepKind } from "./step-kind.ts";

/** Copies of a step at a concurrency, and all that came of them; of clients that give up, what came before that. */
export const burst: StepKind = {
  fields: ["n", "concurrency", "step", "tenants", "instances", "abort_ms"],
  worlds: whereItRuns,
  async run(scope, step) {
    const n = sampled(scope, "requests", step.n!, shortN);
    const concurrency = Math.min(step.concurrency ?? 8, n);
    const inner = await asTenant(scope, step);
    const { services, shareLimits } = await instancesOf(scope, step.instances ?? 1);
    const outcomes: Outcome[][] = [];
    let next = 0;
    const worker = async (_: unknown, number: number) => {
      const { send, end } = senderOf(step, n);
      const scopes = services.map((service) => ({
        ...scope,
        world: { ...scope.world, service },
        ...(send && { send }),
      }));
      while (next < n) {
        const index = next;
        next += 1;
        const record: StepRecord = await scope.run(scopes[(index + number) % scopes.length]!, inner(index), index);
        outcomes[index] = record.outcomes.map((outcome) => (index < maxWhole ? outcome : withoutInputs(outcome)));
      }
      end();
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    const all = outcomes.flat();
    const answered = step.abort_ms === undefined ? all : all.filter(({ response }) => response !== undefined);
    return { step, outcomes: answered, pressure: { shareLimits } };
  },
};

/** As many as `npm test` has time for. */
const shortN = 2_000;

/** Beyond this, what was sent is not kept: by the hundred thousand, tokens would fill the memory. */
const maxWhole = 1_000;

function withoutInputs(outcome: Outcome): Outcome {
  return { ...outcome, inputs: [], sent: "" };
}

/** From here on a connection for each would be a test of the machine's ports. */
const manyRequests = 1_000;

function senderOf({ abort_ms, instances = 1 }: Step, n: number): { readonly send?: Send; readonly end: () => void } {
  if (abort_ms !== undefined) {
    const send: Send = (port, request, fill) =>
      exchange(port, requestBytes(port, request, fill), { method: request.method, waitMs: abort_ms, quietMs: 0 });
    return { send, end: () => {} };
  }
  if (n < manyRequests || instances > 1) return { end: () => {} };
  const connection = createKeptConnection();
  return { send: connection.send, end: connection.end };
}

async function instancesOf({ world }: Scope, count: number): Promise<Replicas> {
  return count === 1 ? { services: [world.service], shareLimits: true } : world.replicas!(count);
}

/** As many queries as no single process of DuckDB has to run. */
const manyQueries = 1_000;

/** A burst that takes so long that it has a place of its own, where nothing is beside it. */
const longBurst = 10_000;

/** Copies that each ask for other rows need a database, and more processes a world that can start some. */
function whereItRuns({ n = 0, step, instances = 1 }: Step): readonly WorldKind[] {
  if (instances > 1 || n >= longBurst) return ["load"];
  const eachAnother = /\\"filters\\".*\$\{i\}/.test(JSON.stringify(step?.body ?? []));
  return eachAnother && n >= manyQueries ? ["source", "fault"] : ["plain", "load", "source", "fault"];
}
