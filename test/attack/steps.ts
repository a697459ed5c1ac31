import { setTimeout as sleep } from "node:timers/promises";
import type { Step } from "./corpus.ts";
import { linkTenantFile } from "./fixtures.ts";
import { open, revoke, share } from "./links.ts";
import { partsToBytes } from "./parts.ts";
import { publish, whyNotPublished } from "./publish.ts";
import { exchange } from "./raw-socket.ts";
import type { Outcome, StepRecord } from "./record.ts";
import { request, resultOf, type Scope } from "./scope.ts";
import { constants, fillIn, fillInDeep } from "./variables.ts";

/** Runs one step. */
export type StepRunner = (scope: Scope, step: Step, index?: number) => Promise<StepRecord>;

/** Runs a step of a kind that `whyNotRun` lets through. */
export const runStep: StepRunner = (scope, step, index) => runners[step.do]!(scope, step, index);

/** Returns why a step cannot be run, undefined if it can. Some need a world of other systems. */
export function whyNotRun(step: Step, hasAround: boolean): string | undefined {
  if (step.do === "fixture" && !Object.hasOwn(changes, step.op!)) return `the product cannot ${step.op} yet`;
  if (step.do === "publish") return whyNotPublished(step);
  const faulty = step.do === "fault" && (step.target !== "process" || step.op !== "restart");
  const lacks = !hasAround && ["fault", "sink"].includes(step.do);
  if (Object.hasOwn(runners, step.do) && !faulty && !lacks) return undefined;
  return `the harness cannot do ${[step.do, step.target, step.op].filter((word) => word !== undefined).join(" ")} yet`;
}

const runners: Readonly<Record<string, StepRunner>> = {
  http: async (scope, step, index) => ({ step, outcomes: [await http(scope, step, index)] }),
  raw: async (scope, step) => ({ step, outcomes: await raw(scope, step) }),
  publish,
  share: async (scope, step) => ({ step, outcomes: [await share(scope, step)] }),
  open: async (scope, step, index) => ({ step, outcomes: await open(scope, step, index) }),
  revoke,
  burst,
  collect: burst,
  async concurrent(scope, step) {
    const lists = step.steps!.map((each) => (Array.isArray(each) ? (each as Step[]) : [each]));
    const records = await Promise.all(lists.map((list) => inTurn(scope, list)));
    return { step, outcomes: records.flat().flatMap(({ outcomes }) => outcomes) };
  },
  async timing_pair(scope, step) {
    const pair = { aMs: [] as number[], bMs: [] as number[] };
    const outcomes: Outcome[] = [];
    for (let sample = 0; sample < step.n!; sample += 1) {
      for (const [timed, latenciesMs] of [[step.a!, pair.aMs] as const, [step.b!, pair.bMs] as const]) {
        const record = await runStep(scope, timed, sample);
        outcomes.push(...record.outcomes);
        latenciesMs.push(record.outcomes.at(-1)!.latencyMs);
      }
    }
    return { step, outcomes, pair };
  },
  async sleep(_, step) {
    await sleep(step.ms);
    return { step, outcomes: [] };
  },
  async sink({ prepared }, step) {
    await prepared!.answerWith(step.id!, step.reply!);
    return { step, outcomes: [] };
  },
  async fault({ world, variables }, step) {
    await world.around!.restart(fillInDeep(step.env ?? {}, variables));
    return { step, outcomes: [] };
  },
  async fixture(scope, step) {
    await changes[step.op!]!(scope, step);
    return { step, outcomes: [] };
  },
};

/** A suspension may go unseen for a second, as long as it is kept in memory. */
const suspensionMs = 1_100;

/** States that a case prepares. */
const changes: Readonly<Record<string, (scope: Scope, step: Step) => Promise<void>>> = {
  async symlink({ world }, { from, to }) {
    linkTenantFile(world.filesDir, from!, to!);
  },
  async unpublish(scope, { dashboard }) {
    const path = `${constants.DEFS}/${fillIn(dashboard!, scope.variables)}`;
    await request(scope, { method: "DELETE", path, auth: "A", headers: [], body: [] });
  },
  async suspend({ world }, { tenant }) {
    await world.database.setSuspended(tenant!, true);
    await sleep(suspensionMs);
  },
  async resume({ world }, { tenant }) {
    await world.database.setSuspended(tenant!, false);
    await sleep(suspensionMs);
  },
};

function http(scope: Scope, step: Step, index?: number): Promise<Outcome> {
  return request(
    scope,
    {
      method: step.method ?? "GET",
      path: step.path!,
      auth: step.auth ?? "none",
      headers: [...(step.dup_headers ?? []), ...Object.entries(step.headers ?? {})],
      body: step.body ?? [],
    },
    index,
  );
}

/** Whatever follows a response on its connection follows at once. */
const quietMs = 250;

/** Sends bytes. What comes back is judged response by response. */
async function raw(scope: Scope, step: Step): Promise<readonly Outcome[]> {
  const fill = (text: string) => fillIn(text, scope.variables);
  const waitMs = step.wait_ms!;
  const texts = step.parts!.map((part) => (typeof part === "string" ? part : "repeat" in part ? part.repeat : ""));
  const [, method = "", path = ""] = /(\S+) (\S+) HTTP/.exec(fill(texts.join("\r\n"))) ?? [];
  const patience = { method, waitMs, quietMs, endAfterMs: waitMs / 2 };
  const sentAtMs = Date.now();
  const result = await exchange(scope.world.service.port, partsToBytes(step.parts!, fill), patience);
  const sent = { caller: "none" as const, method, path, inputs: [], json: undefined, sentAtMs };
  const responses = result.responses.length === 0 ? [undefined] : result.responses;
  return responses.map((response) => ({ ...sent, ...resultOf(result), response }));
}

async function burst(scope: Scope, step: Step): Promise<StepRecord> {
  const records: StepRecord[] = [];
  let next = 0;
  const worker = async () => {
    while (next < step.n!) {
      const index = next;
      next += 1;
      records[index] = await runStep(scope, step.step!, index);
    }
  };
  await Promise.all(Array.from({ length: step.concurrency ?? 8 }, worker));
  return { step, outcomes: records.flatMap(({ outcomes }) => outcomes) };
}

async function inTurn(scope: Scope, steps: readonly Step[]): Promise<readonly StepRecord[]> {
  const records: StepRecord[] = [];
  for (const step of steps) records.push(await runStep(scope, step));
  return records;
}
