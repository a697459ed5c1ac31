import type { Drain, Outcome } from "../record.ts";
import { constants } from "../variables.ts";
import { faultProperties } from "./faults.ts";
import { ofRecord, type Properties, type Property } from "./property.ts";

/** Properties of what is there after processes were killed, and of how one ends that is told to. */
export const crashProperties: Properties = {
  lost_0: faultProperties.acked_readable!,
  half_0: faultProperties.no_half_state!,
  dup_0: async ({ world }) => {
    const before = await world.database.versions();
    return async ({ steps }) => {
      const saves = steps.flatMap(({ outcomes }) => outcomes).filter(({ path }) => path === constants.DEFS);
      const different = new Set(saves.map((save) => (save.key === undefined ? save : requestOf(save)))).size;
      const added = (await world.database.versions()) - before;
      return added <= different ? undefined : `${added} versions of ${different} saves`;
    };
  },
  replay_matches: (scope) => async (record) => {
    const keyed = record.steps.flatMap(({ outcomes }) => outcomes).filter(({ key }) => key !== undefined);
    if (keyed.every(({ response }) => response?.status !== 200)) return "nothing with a key was acknowledged";
    for (const [, copies] of Map.groupBy(keyed, requestOf)) {
      const answers = new Set(copies.flatMap(({ response }) => (response?.status === 200 ? response.body : [])));
      if (answers.size > 1) return `one request has ${answers.size} answers`;
    }
    for (const { step, outcomes } of record.steps) {
      const [outcome] = outcomes;
      if (step.do !== "http" || outcome?.key === undefined || outcome.response?.status !== 200) continue;
      const again = (await scope.run(scope, step)).outcomes[0]?.response;
      if (again?.body !== outcome.response.body) return `${outcome.path} is answered otherwise when it is sent again`;
    }
    return undefined;
  },
  no_stuck_in_flight:
    ({ world }) =>
    async () => {
      const busy = await world.database.busyConnections();
      return busy === 0 ? undefined : `${busy} connections hold what they began`;
    },
  inflight_all_answered: ofDrain(({ inFlight, unanswered }) => {
    if (inFlight === 0) return "nothing was under way";
    return unanswered === 0 ? undefined : `${unanswered} of ${inFlight} requests under way got no response`;
  }),
  exit_0: ofDrain(({ exitCode }) => (exitCode === 0 ? undefined : `exit status ${exitCode}`)),
};

/** Returns the property of `exit_lt_10s` and its like. */
export function exitFamily(name: string): Property | undefined {
  const limitS = /^exit_lt_(\d+)s$/.exec(name)?.[1];
  if (limitS === undefined) return undefined;
  return ofDrain(({ exitMs }) => (exitMs < Number(limitS) * 1_000 ? undefined : `it took ${exitMs} ms to exit`));
}

function ofDrain(problemOf: (drain: Drain) => string | undefined): Property {
  return ofRecord(({ steps }) => {
    const drain = steps.findLast((step) => step.drain !== undefined)?.drain;
    return drain === undefined ? "no process was told to end" : problemOf(drain);
  });
}

/** Within a case, a key stands for one request of its caller's to a path. */
const requestOf = ({ caller, method, path, key }: Outcome) => [caller, method, path, key].join(" ");
