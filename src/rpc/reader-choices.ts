import type { FilterValues } from "../definition/meet-filters.ts";
import { type FilterChoice, findChoices } from "../definition/viewer-filters.ts";
import type { LoadedDefinition } from "./definitions.ts";
import type { WantedPresentation } from "./presentation.ts";

/** What whoever reads a dashboard may do with its filters. */
export type ReaderRights = {
  /** What the link fixes; nothing where absent. */
  readonly fixed?: FilterValues;
  /** What the access token holds its caller to; nothing where absent. */
  readonly held?: FilterValues;
  /** The filters that the reader of a share page may change; absent where it is not for one. */
  readonly viewerFilters?: readonly string[];
};

/** What is left to the reader. */
type ReaderChoices = {
  readonly choices: readonly FilterChoice[];
  readonly isChangeable: (name: string) => boolean;
  /** Whether the reader is confined to a span of time, and must not see what lies before it. */
  readonly isSpanConfined: boolean;
};

/**
 * Returns what the reader may choose: on a share page by the filters of the link, in an embed by those that
 * the dashboard declares, because nobody has named the ones that are inferred for people. A choice whose options
 * come from a datasource that what confines the reader does not narrow, as it does each panel, offers none: they
 * would tell what lies beyond. The reader may still type a value, because options are not enforced.
 *
 * @param met the filters' values
 */
export function settleChoices(
  loaded: LoadedDefinition,
  { held = {}, fixed = {}, viewerFilters, hydrate }: ReaderRights & Pick<WantedPresentation, "hydrate">,
  met: FilterValues,
): ReaderChoices {
  const { definition, filters } = loaded;
  const confining = Object.keys({ ...held, ...fixed });
  const isChangeable = (name: string) => viewerFilters?.includes(name) ?? !Object.hasOwn(held, name);
  const declared = hydrate === "none" ? [] : definition.filters.map(({ name }) => name).filter(isChangeable);
  const choices = findChoices(filters, viewerFilters ?? declared, met);
  return {
    choices: choices.map((choice) => (offersWithin(loaded, confining, choice) ? choice : withoutOffers(choice))),
    isChangeable,
    isSpanConfined: filters.specs.some(({ name, type }) => type === "range" && confining.includes(name)),
  };
}

function offersWithin({ narrowedBy }: LoadedDefinition, confining: readonly string[], { spec }: FilterChoice): boolean {
  const { optionsFrom } = spec;
  return optionsFrom === undefined || confining.every((name) => narrowedBy(name).has(optionsFrom.datasource));
}

function withoutOffers({ spec: { optionsFrom: _, ...spec }, ...choice }: FilterChoice): FilterChoice {
  return { ...choice, spec };
}
