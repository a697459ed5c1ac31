import { startLoadProcess } from "../../load/load-process.ts";
import type { LoadRequest } from "../../load/sender.ts";
import type { LoadFigures } from "../../load/tally.ts";
import { probeWhile } from "../probing.ts";
import { goodputOf } from "../properties/load.ts";
import { sampled } from "../sampled.ts";
import type { Scope } from "../scope.ts";
import { liveDashboard, namesOf, settle } from "../tenants.ts";
import { fillIn, type Variables } from "../variables.ts";
import type { StepKind } from "./step-kind.ts";

/** As many at once as find out what a service can do, without making it queue for long. */
const peakConcurrency = 32;

/** More than wait at once, and fewer than half of what the service takes. */
const connections = 480;

/** A client that is further behind its schedule was measured itself. */
const latestMs = 50;

/** What an overloaded service may answer. */
const allowed = new Set(["200", "429", "503"]);

/**
 * Requests of many tenants at a multiple of what the service was seen to do, on schedule whatever comes back. Some are
 * sent by the harness itself meanwhile: those are judged as any others are.
 */
export const load: StepKind = {
  fields: ["multiple", "s", "tenants", "step"],
  worlds: () => ["load"],
  async run(scope, step) {
    const { world } = scope;
    const seconds = sampled(scope, "seconds of load", step.s!, 5);
    const tenants = namesOf(sampled(scope, "tenants", step.tenants ?? 500, 300));
    // Which dashboard of its own each tenant asks for is left to the harness.
    const dash = "live-of-many";
    await settle(world, tenants, dash, liveDashboard);
    const variables: Variables = { ...scope.variables, dash };
    const requests = tenants.map((tenant): LoadRequest => {
      const fill = (text: string) => fillIn(text, variables);
      const headers = { ...step.step!.headers, authorization: `Bearer ${world.token(tenant)}` };
      const body = (step.step!.body ?? []).map((part) => fill(part as string)).join("");
      return { method: "POST", path: fill(step.step!.path!), headers, body };
    });
    const url = `http://127.0.0.1:${world.service.port}`;
    const client = startLoadProcess();
    try {
      // First of all definitions are read, tokens verified, and code compiled.
      await client.closed({ url, requests, connections, count: requests.length, concurrency: peakConcurrency });
      const peak = await client.closed({
        url,
        requests,
        connections,
        seconds: world.thorough ? 10 : 3,
        concurrency: peakConcurrency,
      });
      const peakPerSecond = goodputOf(peak);
      const going = client.open({ url, requests, connections, seconds, perSecond: step.multiple! * peakPerSecond });
      const own: Scope = { ...scope, variables: { ...variables } };
      const { outcomes, result: figures } = await probeWhile(
        own,
        { ...step.step!, auth: { tenant: tenants[0]! } },
        going,
      );
      const odd = Object.keys(figures.statuses).filter((status) => !allowed.has(status));
      if (odd.length > 0) throw new Error(`answers of a kind that overload may not have: ${tell(figures)}`);
      console.log(`${scope.attack.id}: peak ${Math.round(peakPerSecond)} a second; then ${tell(figures)}`);
      return { step, outcomes, pressure: { load: { figures, peakPerSecond } } };
    } finally {
      client.end();
    }
  },
};

function tell({ sent, seconds, statuses, ok, shed, late }: LoadFigures): string {
  const counts = Object.entries(statuses).map(([status, count]) => `${count} x ${status}`);
  const slowest = `p99 ${Math.round(ok.p99)} ms of the good, ${Math.round(shed.p99)} ms of the refused`;
  const schedule =
    late.p99 < latestMs ? "" : `; void, for the client was ${Math.round(late.p99)} ms behind its schedule`;
  return `${sent} in ${seconds} s: ${counts.join(", ")}; ${slowest}${schedule}`;
}
