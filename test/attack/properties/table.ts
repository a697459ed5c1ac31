import { type WorldKind, worldKinds } from "../world-kind.ts";
import { comparisonProperties } from "./comparisons.ts";
import { crashProperties, exitFamily } from "./crashes.ts";
import { errorProperties, errorShapeIfBody, internals, reflection } from "./errors.ts";
import { faultProperties } from "./faults.ts";
import { headerProperties, strangeHeader, unsafeRequestId } from "./headers.ts";
import { injectionProperties } from "./injections.ts";
import { linkProperties } from "./links.ts";
import { loadFamily, loadProperties } from "./load.ts";
import { diskFamily, measureFamily, measureProperties } from "./measures.ts";
import { pageProperties } from "./pages.ts";
import { firstProblem, type Properties, type Property } from "./property.ts";
import { protocolFamily } from "./protocols.ts";
import { rateFamily, rateProperties, refusalProperties } from "./rates.ts";
import { sourcePageProperties, sourceProperties } from "./sources.ts";
import { stateProperties } from "./state.ts";
import { traceProperties } from "./traces.ts";

/** Properties that belong together: by name, or by families of names such as `lat_lt_500`. */
type Entry = {
  readonly of: Properties | ((name: string) => Property | undefined);
  /** Where they can be judged. Without it: anywhere. */
  readonly worlds?: readonly WorldKind[];
};

/** The first that has a name has it. */
const entries: readonly Entry[] = [
  { of: errorProperties },
  { of: headerProperties },
  { of: comparisonProperties },
  { of: pageProperties },
  { of: injectionProperties },
  { of: linkProperties },
  { of: stateProperties },
  { of: traceProperties },
  { of: faultProperties },
  { of: crashProperties },
  { of: exitFamily },
  { of: sourceProperties, worlds: ["source"] },
  { of: sourcePageProperties },
  { of: rateProperties, worlds: ["load"] },
  { of: rateFamily, worlds: ["load"] },
  { of: refusalProperties },
  { of: loadProperties },
  { of: loadFamily },
  { of: measureProperties },
  { of: diskFamily, worlds: ["source"] },
  { of: measureFamily },
  { of: protocolFamily },
];

/** Returns the property of a name, undefined where nothing here can judge it. */
export function findProperty(name: string): Property | undefined {
  return entryOf(name)?.property;
}

/** Returns where the property of a name can be judged. */
export function worldsOfProperty(name: string): readonly WorldKind[] {
  return entryOf(name)?.entry.worlds ?? worldKinds;
}

function entryOf(name: string): { readonly entry: Entry; readonly property: Property } | undefined {
  for (const entry of entries) {
    const { of } = entry;
    const property = typeof of === "function" ? of(name) : Object.hasOwn(of, name) ? of[name] : undefined;
    if (property !== undefined) return { entry, property };
  }
  return undefined;
}

/**
 * What every case is held to, whatever it names: the corpus asks for the shape of errors, no insides,
 * no other tenant and life afterwards; the rest is the service's own promise for every response.
 */
export const universalProperties: Readonly<Record<string, Property>> = {
  ...ofEveryResponse({ errorShapeIfBody, internals, reflection, strangeHeader, unsafeRequestId }),
  no_other_tenant: stateProperties.no_other_tenant!,
  no_log_injection: stateProperties.no_log_injection!,
  upstream_asked: sourcePageProperties.upstream_asked!,
  alive: measureProperties.alive!,
};

function ofEveryResponse(
  problems: Readonly<Record<string, Parameters<typeof firstProblem>[1]>>,
): Readonly<Record<string, Property>> {
  return Object.fromEntries(
    Object.entries(problems).map(([name, problemOf]) => [
      name,
      () =>
        ({ steps }) =>
          firstProblem(
            steps.flatMap(({ outcomes }) => outcomes),
            problemOf,
          ),
    ]),
  );
}
