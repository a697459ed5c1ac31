import { comparisonProperties } from "./comparisons.ts";
import { errorProperties, errorShapeIfBody, internals, reflection } from "./errors.ts";
import { headerProperties, strangeHeader, unsafeRequestId } from "./headers.ts";
import { linkProperties } from "./links.ts";
import { measureFamily, measureProperties } from "./measures.ts";
import { pageProperties } from "./pages.ts";
import { firstProblem, type Property } from "./property.ts";
import { sourceProperties } from "./sources.ts";
import { stateProperties } from "./state.ts";

const properties: Readonly<Record<string, Property>> = {
  ...errorProperties,
  ...headerProperties,
  ...comparisonProperties,
  ...pageProperties,
  ...linkProperties,
  ...stateProperties,
  ...sourceProperties,
  ...measureProperties,
};

/** Returns the property of a name, undefined where nothing here can judge it. */
export function findProperty(name: string): Property | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : measureFamily(name);
}

/**
 * What every case is held to, whatever it names: the corpus asks for the shape of errors, no insides,
 * no other tenant and life afterwards; the rest is the service's own promise for every response.
 */
export const universalProperties: Readonly<Record<string, Property>> = {
  ...ofEveryResponse({ errorShapeIfBody, internals, reflection, strangeHeader, unsafeRequestId }),
  no_other_tenant: stateProperties.no_other_tenant!,
  no_log_injection: stateProperties.no_log_injection!,
  upstream_asked: sourceProperties.upstream_asked!,
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
