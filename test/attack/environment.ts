import type { TestDatabase } from "../store/database.ts";
import { audience, issuer } from "./jwt.ts";

/** Links start with it; the harness leads it to the service. */
export const publicOrigin = "https://links.attack.test";

const many = "1000000";

/** The environment of a service under attack, whose limits on rates are out of the way. */
export function environmentOf(
  dataDir: string,
  database: Pick<TestDatabase, "url" | "ownerUrl">,
  jwksUrl: URL,
): Readonly<Record<string, string>> {
  return {
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    DATABASE_MIGRATE_URL: database.ownerUrl,
    AUTH_JWKS_URL: jwksUrl.href,
    AUTH_ISSUER: issuer,
    AUTH_AUDIENCE: audience,
    PUBLIC_URL: publicOrigin,
    RATE_PER_SECOND: many,
    RATE_BURST: many,
    RATE_LINKS_PER_SECOND: many,
    RATE_FAILED_TOKENS_PER_SECOND: many,
    LOG_LEVEL: "info",
    DEMO: "off",
  };
}
