import { readFileSync } from "node:fs";
import { join } from "node:path";
import { carelessRole } from "./around/setup.ts";
import { sourceVariables } from "./around/source-world.ts";
import { type Case, loadCases, stepsWithin } from "./corpus.ts";
import { hostOf, placesNamedIn } from "./named-places.ts";
import { whyNotCase } from "./run-case.ts";

/** The cases whose dashboards read other systems. Those that cannot run say why. */
export type SourceCases = {
  readonly cases: readonly Case[];
  readonly skipped: ReadonlyMap<string, string>;
};

const read = (path: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, path), "utf8")) as Record<string, string>;

/** Reads them. `isolated` says that a network namespace of their own is there: some may run nowhere else. */
export function loadSourceCases(isolated: boolean): SourceCases {
  const wanted = new RegExp(process.env.ATTACK_CASES ?? "");
  const corpus = loadCases(join(import.meta.dirname, "cases"), /^(05|12|13|14|15)-.*\.json$/);
  const own = loadCases(join(import.meta.dirname, "own"), /^sources.*\.json$/);
  const cases = [...corpus, ...own, ...[...corpus, ...own].flatMap(toCareless)].filter(({ id }) => wanted.test(id));
  const documented = new Set(Object.keys(read("cases/vars.json")));
  const disputed = read("disputed.json");
  const skipped = new Map<string, string>();
  for (const attack of cases) {
    const reason =
      disputed[attack.id] === undefined
        ? (whyNotCase(attack, { documented, variables: sourceVariables, hasAround: true }) ??
          (isolated ? undefined : whyNotHere(attack)))
        : `disputed: ${disputed[attack.id]}`;
    if (reason !== undefined) skipped.set(attack.id, reason);
  }
  return { cases, skipped };
}

/** What a role can only be kept from by the service, where its operator has not. */
const held = /^(no_effect|pool_clean)$/;

/** The same attack by a role that may do everything in its database. */
function toCareless(attack: Case): readonly Case[] {
  const asksPostgres = attack.steps.some(({ template }) => template === "sqlpg");
  if (!asksPostgres || !attack.expect.props.some((name) => held.test(name))) return [];
  const id = attack.id.replace(/^\w+-/, "careless-");
  return [{ ...attack, id, name: `${attack.name}, as the owner of everything`, needs: [carelessRole] }];
}

/** What would leave the machine if it did succeed. */
const engineEgress = /install |s3:\/\//;

/** Returns why a case may not run where its attempts could leave the machine. */
function whyNotHere(attack: Case): string | undefined {
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
