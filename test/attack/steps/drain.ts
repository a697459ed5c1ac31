import { setTimeout as pause } from "node:timers/promises";
import type { Step } from "../corpus.ts";
import { createKeptConnection } from "../kept-connection.ts";
import type { Outcome } from "../record.ts";
import type { StepKind } from "./step-kind.ts";

const defaultConcurrency = 8;

/** How long there is load before the signal. */
const defaultAfterMs = 500;

/**
 * Callers without pause, under whom the process is told to end. It is started again afterwards. They keep their
 * connections: one that is new may be known to the kernel alone when the process is told.
 */
export const drain: StepKind = {
  fields: ["step", "n", "concurrency", "writers", "after_ms", "signal"],
  worlds: () => ["fault"],
  whyNot: ({ signal = "SIGTERM" }) => (/^SIG(TERM|INT)$/.test(signal) ? undefined : `${signal} is no way to drain`),
  async run(scope, step) {
    const { world } = scope;
    const { service } = world;
    const inner = step.step ?? render;
    const outcomes: Outcome[] = [];
    const begun: Begun[] = [];
    let isOver = false;
    let next = 0;
    const writing = Array.from({ length: step.concurrency ?? step.writers ?? defaultConcurrency }, async () => {
      const connection = createKeptConnection();
      const kept = { ...scope, send: connection.send };
      let isKept = false;
      while (!isOver && next < (step.n ?? Number.POSITIVE_INFINITY)) {
        const call: Begun = { atMs: performance.now() };
        if (isKept) begun.push(call);
        next += 1;
        const seen = (await scope.run(kept, inner, next - 1)).outcomes.filter(({ response }) => response !== undefined);
        outcomes.push(...seen);
        if (seen.length === 0) return;
        call.answeredAtMs = performance.now();
        isKept = true;
      }
    });
    await pause(step.after_ms ?? defaultAfterMs);
    const signalledAtMs = performance.now();
    process.kill(service.pid, (step.signal ?? "SIGTERM") as NodeJS.Signals);
    const exitCode = await service.ended;
    const exitMs = Math.round(performance.now() - signalledAtMs);
    isOver = true;
    await Promise.all(writing);
    await world.restart!({});
    const inFlight = begun.filter(
      ({ atMs, answeredAtMs = Number.POSITIVE_INFINITY }) => atMs < signalledAtMs && answeredAtMs > signalledAtMs,
    );
    const unanswered = inFlight.filter(({ answeredAtMs }) => answeredAtMs === undefined).length;
    return { step, outcomes, drain: { exitCode, exitMs, inFlight: inFlight.length, unanswered } };
  },
};

/** A request over a connection that had one before. */
type Begun = { readonly atMs: number; answeredAtMs?: number };

/** What is called where a case does not say: each time it has to be worked on. */
const render: Step = {
  do: "http",
  method: "POST",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of cases.
  path: "${RENDER}",
  auth: "A",
  headers: { "content-type": "application/json" },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of cases.
  body: ['{"dashboard_id":"${dash_A}","filters":{"n":${i}}}'],
};
