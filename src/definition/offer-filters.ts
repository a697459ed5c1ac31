import { type FilterSpecs, type ResolvedFilters, resolveFilters } from "./filters.ts";
import type { FilterValues } from "./meet-filters.ts";
import type { Clock } from "./range.ts";

/**
 * Returns what a datasource of options is read with: the filters that are not the reader's to change as they
 * are, every other one unset. So an option tells of nothing that the reader could not get to see.
 */
export function resolveOfferFilters(
  { specs, open }: FilterSpecs,
  given: FilterValues,
  isChangeable: (name: string) => boolean,
  clock: Clock,
): ResolvedFilters {
  const unset = specs.map((spec) => {
    if (!isChangeable(spec.name)) return spec;
    const { defaultValue: _, ...rest } = spec;
    return { ...rest, required: false };
  });
  const kept = Object.fromEntries(Object.entries(given).filter(([name]) => !isChangeable(name)));
  return resolveFilters({ specs: unset, open }, kept, clock);
}
