import { type Case, stepsWithin } from "../corpus.ts";
import { hostOf, placesNamedIn } from "../named-places.ts";
import { openSandbox, type Sandbox } from "../sandbox.ts";

let opened: ReturnType<typeof openSandbox> | undefined;

/** The network namespace in which sources are attacked, or why this machine allows none. */
export function sandbox(): Sandbox | { readonly reason: string } {
  opened ??= openSandbox();
  return opened;
}

/** Returns why a case may not run: where no namespace holds it, its attempts could leave the machine. */
export function whyNotInSources(attack: Case): string | undefined {
  return "enter" in sandbox() ? undefined : whyItLeaves(attack);
}

/** What would leave the machine if it did succeed. */
const engineEgress = /install |s3:\/\//i;

function whyItLeaves(attack: Case): string | undefined {
  const steps = attack.steps.flatMap(stepsWithin);
  const locations = steps.flatMap(({ reply }) => reply?.headers?.location ?? []);
  const leaves =
    [...placesNamedIn(attack), ...locations].some(leadsElsewhere) ||
    steps.some(({ inject }) => typeof inject?.DUCKDB_SQL === "string" && engineEgress.test(inject.DUCKDB_SQL));
  return leaves ? "what it names would be outside of this machine, which allows no network namespace" : undefined;
}

/** Whether a place, in whatever way it is written, is one of another machine. */
function leadsElsewhere(place: string): boolean {
  if (/^https?:\/\/sink\.test(\/|$)/.test(place)) return false;
  const host = hostOf(place);
  // What is no address of the web leads nowhere.
  if (host === "" || (host === place && /[/{]/.test(place))) return false;
  return !/^127\.|^0\.0\.0\.0$|^\[?::1\]?$|^\[?::ffff:(7f|127\.)|(^|\.)localhost$/.test(host);
}
