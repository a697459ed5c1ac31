import { createClientTap } from "../../fault/client-tap.ts";
import { crashAt } from "../../fault/crash-at.ts";
import { crashPoints, findCrashPoint } from "../../fault/crash-points.ts";
import { createDatabaseTap } from "../../fault/database-tap.ts";
import { killService } from "../kill-service.ts";
import type { StepKind } from "./step-kind.ts";

/** A step under which the process is killed at a point, and started again. Nobody sees its response. */
export const crashMid: StepKind = {
  fields: ["at", "step"],
  worlds: () => ["fault"],
  whyNot: ({ at = "" }) => {
    if (pointOf(at) !== undefined) return undefined;
    return `the harness knows no point ${at}: it knows ${crashPoints.map(({ name }) => name).join(", ")}`;
  },
  async run(scope, step) {
    const { world } = scope;
    await using opened = new AsyncDisposableStack();
    const database = await createDatabaseTap(world.databaseUrl!);
    opened.defer(database.close);
    const client = await createClientTap();
    opened.defer(client.close);
    await world.restart!({ DATABASE_URL: database.url });
    client.leadTo(world.service.port);
    const tapped = { ...scope, world: { ...world, service: { ...world.service, port: client.port } } };
    const call = async () => {
      const { outcomes } = await scope.run(tapped, step.step!);
      if (outcomes.some(({ response }) => response === undefined)) throw new Error("it was cut off");
    };
    try {
      await crashAt({ client, database, kill: () => killService(world) }, pointOf(step.at!)!, [call]);
    } finally {
      await world.restart!({});
    }
    return { step, outcomes: [] };
  },
};

/** Other names that cases may have for a point. */
const synonyms: Readonly<Record<string, string>> = {
  accepted: "request_read",
  after_accept: "request_read",
  after_begin: "key_held",
  after_claim: "key_held",
  before_write: "before_effect",
  after_write: "effect_done",
  after_effect: "effect_done",
  during_commit: "commit_sent",
  mid_commit: "commit_sent",
  after_commit_before_reply: "after_commit",
  before_response: "before_reply",
  during_reply: "reply_begun",
  mid_reply: "reply_begun",
  mid_response: "reply_begun",
};

function pointOf(name: string) {
  return findCrashPoint(Object.hasOwn(synonyms, name) ? synonyms[name]! : name);
}
