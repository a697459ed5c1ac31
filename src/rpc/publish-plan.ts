import { setImmediate as nextTurn } from "node:timers/promises";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type PublishDefinitionRequest,
  type PublishDefinitionResponseSchema,
  SaveDefinitionRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { parseStoredDefinition } from "../definition/canonical.ts";
import { compareDefinitions } from "../definition/compare-definitions.ts";
import { settle } from "../store/change.ts";
import type { FollowingLink, Publication } from "../store/publication.ts";
import type { Store } from "../store/store.ts";
import { type LoadedDefinition, toLoaded } from "./definitions.ts";
import { findBrokenFilters } from "./link-scope.ts";
import { asSaved, settlePresentation } from "./presentation.ts";
import { filtersFromJson } from "./share-filters.ts";
import type { FieldCheck } from "./validate.ts";

/**
 * Says what publishing a draft would change, and changes nothing. Throws as publishing does: NOT_FOUND without a draft,
 * and STALE_VERSION.
 */
export type PlanPublication = (
  tenant: string,
  request: PublishDefinitionRequest,
) => Promise<MessageInitShape<typeof PublishDefinitionResponseSchema>>;

/** As many links as one answer tells of, the newest: each is judged. */
const maxPlannedLinks = 500;

/** What plans need. */
export type PlanPublicationOptions = {
  readonly store: Pick<Store, "readPublication">;
  /** Finds what a save would be refused for. */
  readonly findProblems: FieldCheck;
  readonly now: () => number;
};

/** Creates the plans. */
export function createPlanPublication({ store, findProblems, now }: PlanPublicationOptions): PlanPublication {
  return async (tenant, request) => {
    const { dashboardId } = request;
    const publication = await store.readPublication(tenant, dashboardId, maxPlannedLinks);
    refuse(publication, request);
    const { current, links } = publication;
    const draft = publication.draft!;
    const active = current?.version ?? 0;
    const version = draft.digest === current?.digest ? active : active + 1;
    const definition = parseStoredDefinition(draft.json);
    const { panels, others } = compareDefinitions(current && parseStoredDefinition(current.json), definition);
    const { layout, datasources, filters } = definition;
    const save = create(SaveDefinitionRequestSchema, { dashboardId, layout, datasources, filters });
    const problems = findProblems(SaveDefinitionRequestSchema, save);
    // What is refused need not be readable.
    const loaded = problems.length > 0 ? undefined : toLoaded(definition, version);
    return {
      dashboardId,
      status: "draft",
      version,
      plan: {
        expectedVersion: active,
        expectedRevision: draft.revision,
        panels: panels.map(({ fields, ...panel }) => ({ ...panel, fields: [...fields] })),
        otherChanges: [...others],
        unboundFilters: loaded === undefined ? [] : findUnboundFilters(loaded),
        links: loaded === undefined ? [] : await judgeLinks(loaded, links, now()),
        problems: problems.map(({ field, description }) => ({ field, description })),
      },
    };
  };
}

function refuse({ draft, current }: Publication, request: PublishDefinitionRequest): void {
  const { expectedVersion, expectedRevision } = request;
  const where = { version: current?.version ?? 0, revision: draft?.revision ?? 0 };
  const isOther = (expected: number | undefined, is: number) => expected !== undefined && expected !== is;
  if (draft === undefined) settle({ outcome: "no_draft", ...where });
  if (isOther(expectedVersion, where.version)) settle({ outcome: "conflict", ...where });
  if (isOther(expectedRevision, where.revision)) settle({ outcome: "draft_conflict", ...where });
}

function findUnboundFilters({ definition, unboundPanels }: LoadedDefinition) {
  return definition.filters.flatMap(({ name }) => {
    const panels = unboundPanels(name);
    return panels.length === 0 ? [] : [{ name, panels: [...panels] }];
  });
}

/** Those with all filters that a dashboard may have take some ten milliseconds. */
const linksInTurn = 25;

/** Judges links one after another, and lets others have a turn in between. */
async function judgeLinks(loaded: LoadedDefinition, links: readonly FollowingLink[], nowMs: number) {
  const judged = [];
  for (const [index, link] of links.entries()) {
    if (index > 0 && index % linksInTurn === 0) await nextTurn();
    judged.push(judgeLink(loaded, link, nowMs));
  }
  return judged;
}

function judgeLink(loaded: LoadedDefinition, { shareId, filtersJson }: FollowingLink, nowMs: number) {
  const { timezone } = settlePresentation(asSaved, loaded.definition.layout!);
  const filters = findBrokenFilters(loaded, filtersFromJson(filtersJson), { nowMs, timezone, roundS: 1 });
  return { shareId, outcome: filters.length === 0 ? "kept" : "broken", filters: [...filters] };
}
