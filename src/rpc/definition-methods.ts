import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import {
  ArchiveDefinitionRequestSchema,
  ArchiveDefinitionResponseSchema,
  type DashboardsService,
  GetDefinitionResponseSchema,
  PublishDefinitionRequestSchema,
  PublishDefinitionResponseSchema,
  RestoreDefinitionRequestSchema,
  RestoreDefinitionResponseSchema,
  SaveDefinitionRequestSchema,
  SaveDefinitionResponseSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { definitionDigest, definitionToJson, parseStoredDefinition } from "../definition/canonical.ts";
import { findUnknownFields } from "../definition/unknown-fields.ts";
import { fault } from "../errors/fault.ts";
import type { StoredVersion } from "../store/definitions.ts";
import type { StoredDraft } from "../store/drafts.ts";
import type { Store } from "../store/store.ts";
import { callerOf } from "./call.ts";
import { type Definitions, notFound } from "./definitions.ts";
import { answerOnce, type Effect } from "./idempotency.ts";
import { createPlanPublication, type PlanPublicationOptions } from "./publish-plan.ts";
import { toDefinition } from "./save-definition.ts";
import { answerSave } from "./saved-answer.ts";

type Methods = Pick<
  ServiceImpl<typeof DashboardsService>,
  "saveDefinition" | "getDefinition" | "publishDefinition" | "restoreDefinition" | "archiveDefinition"
>;

/** What the methods need. */
export type DefinitionMethodsOptions = PlanPublicationOptions & {
  readonly store: Pick<Store, "once" | "saveOnce" | "getVersion" | "getDraft">;
  readonly definitions: Definitions;
};

/** Creates the methods of one dashboard's life: saved, published, restored, archived, and read. */
export function createDefinitionMethods(options: DefinitionMethodsOptions): Methods {
  const { store, definitions } = options;
  const planPublication = createPlanPublication(options);

  /** Answers once, and lets this process see at once what changed. */
  async function change<Request extends DescMessage, Answer extends DescMessage>(
    context: HandlerContext,
    requestSchema: Request,
    request: MessageShape<Request> & { dashboardId: string },
    answerSchema: Answer,
    effect: Effect<Answer>,
  ): Promise<MessageShape<Answer>> {
    const answer = await answerOnce(store, context, requestSchema, request, answerSchema, effect);
    definitions.changed(callerOf(context.values).tenant, request.dashboardId);
    return answer;
  }

  return {
    async saveDefinition(request, context) {
      const { dashboardId, note, expectedVersion, expectedRevision } = request;
      if (expectedRevision !== undefined && !request.draft) {
        const details = [{ field: "expected_revision", description: "goes with draft" }];
        throw fault("INVALID_REQUEST", "only a draft has a revision", { details });
      }
      const json = definitionToJson(toDefinition(request));
      const author = callerOf(context.values).subject;
      const { title } = request.layout!;
      const save = { dashboardId, json, digest: definitionDigest(json), title, author, note, expectedVersion };
      if (!request.draft) {
        const answer = await answerSave(store, context, request, save);
        definitions.changed(callerOf(context.values).tenant, dashboardId);
        return answer;
      }
      return change(context, SaveDefinitionRequestSchema, request, SaveDefinitionResponseSchema, async (tx) => ({
        dashboardId,
        status: "draft",
        ...(await tx.saveDraft({ ...save, expectedRevision })),
      }));
    },

    async publishDefinition(request, context) {
      const { dashboardId, note, expectedVersion, expectedRevision } = request;
      const { tenant, subject: author } = callerOf(context.values);
      // It has no effect that could be repeated, so its key stays free for the publication.
      if (request.dryRun) return create(PublishDefinitionResponseSchema, await planPublication(tenant, request));
      const publish = { dashboardId, author, note, expectedVersion, expectedRevision };
      return change(context, PublishDefinitionRequestSchema, request, PublishDefinitionResponseSchema, async (tx) => ({
        dashboardId,
        status: "active",
        ...(await tx.publishDraft(publish)),
      }));
    },

    async restoreDefinition(request, context) {
      const { dashboardId, version, note, expectedVersion } = request;
      const author = callerOf(context.values).subject;
      const restore = { dashboardId, version, author, note, expectedVersion };
      return change(context, RestoreDefinitionRequestSchema, request, RestoreDefinitionResponseSchema, async (tx) => ({
        dashboardId,
        status: "active",
        ...(await tx.restoreVersion(restore)),
      }));
    },

    async archiveDefinition(request, context) {
      const { dashboardId, expectedVersion } = request;
      return change(context, ArchiveDefinitionRequestSchema, request, ArchiveDefinitionResponseSchema, async (tx) => {
        await tx.archiveDefinition({ dashboardId, expectedVersion });
        return { dashboardId, status: "archived" };
      });
    },

    async getDefinition({ dashboardId, version, draft }, context) {
      const { tenant } = callerOf(context.values);
      if (!draft) {
        const stored = await store.getVersion(tenant, dashboardId, version);
        if (stored === undefined) throw notFound();
        return versionToAnswer(stored);
      }
      if (version !== undefined) {
        const details = [{ field: "version", description: "does not go with draft" }];
        throw fault("INVALID_REQUEST", "ask for a version or for the draft", { details });
      }
      const stored = await store.getDraft(tenant, dashboardId);
      if (stored === undefined) throw notFound();
      return draftToAnswer(stored);
    },
  };
}

function versionToAnswer(stored: StoredVersion) {
  const { version, digest, author, note } = stored;
  return create(GetDefinitionResponseSchema, {
    ...readContent(stored.json),
    status: stored.archived ? "archived" : stored.active ? "active" : "superseded",
    version,
    digest,
    createTime: timestampFromMs(stored.createTimeMs),
    author,
    note,
  });
}

function readContent(json: string) {
  const definition = parseStoredDefinition(json);
  return { definition, unknownFields: [...findUnknownFields(json, definition)] };
}

function draftToAnswer(stored: StoredDraft) {
  const { digest, author, note, revision } = stored;
  return create(GetDefinitionResponseSchema, {
    ...readContent(stored.json),
    status: "draft",
    version: stored.baseVersion,
    digest,
    createTime: timestampFromMs(stored.updateTimeMs),
    author,
    note,
    revision,
  });
}
