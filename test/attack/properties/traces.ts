import type { CaseRecord } from "../record.ts";
import type { Scope } from "../scope.ts";
import type { Properties } from "./property.ts";

/** Properties of what a case leaves in the log, among stored keys, and at the issuer of tokens. */
export const traceProperties: Properties = {
  token_not_in_logs: ({ world }) => {
    const { service } = world;
    const start = service.log.length;
    return (record, { shareIds }) => {
      const text = (world.service === service ? service.log.slice(start) : world.service.log).join("\n");
      const shown = tokensOf(record, shareIds).find((token) => partsOf(token).some((part) => text.includes(part)));
      return shown === undefined ? undefined : "a token is in the log";
    };
  },
  versions_gapless:
    ({ world }) =>
    async () => {
      const halves = await world.database.halves();
      return halves === 0 ? undefined : `${halves} dashboards have a gap`;
    },
  idem_rows_le_successes: async ({ world }) => {
    const before = await world.database.storedKeys();
    return async (record) => {
      const stored = (await world.database.storedKeys()) - before;
      const successes = record.steps
        .flatMap(({ outcomes }) => outcomes)
        .filter(({ response }) => response !== undefined && response.status < 300).length;
      return stored <= successes ? undefined : `${stored} keys are kept of ${successes} successes`;
    };
  },
  jwks_fetches_le_2: ({ world }) => {
    const before = world.jwksFetches?.() ?? 0;
    return () => {
      if (world.jwksFetches === undefined) return "nobody counts fetches here";
      const fetches = world.jwksFetches() - before;
      return fetches <= 2 ? undefined : `${fetches} fetches`;
    };
  },
};

/** Tokens of links that a case has made or opened, as far as they are long enough to be looked for. */
function tokensOf({ steps }: CaseRecord, shareIds: Scope["shareIds"]): readonly string[] {
  const opened = steps.flatMap(({ outcomes }) => outcomes.map(({ path }) => /^\/s\/([^?]*)/.exec(path)?.[1] ?? ""));
  return [...shareIds.keys(), ...opened].filter((token) => token.length >= 20);
}

/** The token, and its MAC. */
function partsOf(token: string): readonly string[] {
  return [token, token.split(".").at(-1)!].filter((part) => part.length >= 20);
}
