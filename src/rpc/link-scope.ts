import { resolveFilters } from "../definition/filters.ts";
import type { FilterValues } from "../definition/meet-filters.ts";
import type { Clock } from "../definition/range.ts";
import { toErrorAnswer } from "../errors/answer.ts";
import type { FieldProblem } from "../errors/fault.ts";
import type { LoadedDefinition } from "./definitions.ts";

/** Finds the fixed filters that some panel would not be narrowed by, naming those panels. */
export function findUnheldFilters({ unboundPanels }: LoadedDefinition, fixed: FilterValues): readonly FieldProblem[] {
  return Object.keys(fixed).flatMap((name) => {
    const panels = unboundPanels(name);
    if (panels.length === 0) return [];
    return [{ field: `filters.${name}`, description: `does not narrow every panel; not these: ${panels.join(", ")}` }];
  });
}

/**
 * Returns the filters because of which a link that fixes these values shows nothing of a version: those that the
 * version no longer has or no longer holds to, those whose values do not fit any more, and those that need one now.
 * None for a link that goes on. What viewers may change is not among them: they lose what there is no more.
 */
export function findBrokenFilters(loaded: LoadedDefinition, fixed: FilterValues, clock: Clock): readonly string[] {
  const problems = [...findUnheldFilters(loaded, fixed), ...findMisfits(loaded, fixed, clock)];
  return [...new Set(problems.map(({ field }) => field.replace(/^filters\./, "")))];
}

function findMisfits({ filters }: LoadedDefinition, fixed: FilterValues, clock: Clock): readonly FieldProblem[] {
  try {
    resolveFilters(filters, fixed, clock);
    return [];
  } catch (error) {
    const { reason, body } = toErrorAnswer(error);
    if (reason !== "INVALID_FILTER") throw error;
    return body.details ?? [];
  }
}
