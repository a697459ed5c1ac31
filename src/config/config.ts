import { join } from "node:path";
import { type AllowedHost, parseAllowedHosts } from "./allowed-hosts.ts";
import { type Network, parseNetwork } from "./network.ts";

/** One issuer of bearer tokens that is believed. */
type IssuerConfig = {
  readonly issuer: string;
  readonly audience: string;
  /** Where its public keys are: an address, or a file that holds a JWK Set (RFC 7517). */
  readonly jwks: { readonly url: string } | { readonly file: string };
};

/** Everything that the environment decides, read once at start. */
export type Config = {
  readonly production: boolean;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Where metrics and probes are for whoever runs the service; undefined where they are not to be. 0 takes a free port. */
  readonly admin: { readonly host: string; readonly port: number } | undefined;
  /** Scheme and authority of the links that Share answers; undefined until the port is known. */
  readonly publicUrl: string | undefined;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** All state of a service without `DATABASE_URL`: database, keys, demo files. */
  readonly dataDir: string;
  /** One folder a tenant, with the files that its DuckDB sources may read. */
  readonly filesDir: string;
  readonly databaseUrl: string | undefined;
  readonly databaseMigrateUrl: string | undefined;
  /** Undefined in development, where keys of our own are made under `dataDir`. */
  readonly issuer: IssuerConfig | undefined;
  readonly tenantClaim: string;
  readonly scopeClaim: string;
  readonly filtersClaim: string;
  /** Undefined in development, where a key is made under `dataDir`. */
  readonly shareKeysFile: string | undefined;
  readonly shareMaxExpiresInS: number;
  /** Undefined in development, where a key is made under `dataDir`. */
  readonly secretsKeysFile: string | undefined;
  /** Rates of single tenants, which replace the two below. */
  readonly limitsFile: string | undefined;
  /** Calls of each tenant to each method. */
  readonly rate: { readonly perSecond: number; readonly burst: number };
  /** Opens a second of each tenant's links together. */
  readonly linksPerSecond: number;
  /** Tokens a second from one address that are refused as what they are; the rest are told to wait. */
  readonly failedTokensPerSecond: number;
  readonly cacheMaxBytes: number;
  /** What replicas share limits, results and news through; undefined where there is one, or they share nothing. */
  readonly redisUrl: string | undefined;
  /** All that is kept in Redis, besides limits. */
  readonly redisCacheMaxBytes: number;
  /**
   * For how many months the audit log is kept, whole months at least. 13 by default, so that a month can be compared
   * with the same one a year before.
   */
  readonly auditRetentionMonths: number;
  /** Proxies whose word on where a call comes from is believed. */
  readonly trustedProxies: readonly Network[];
  /** Where connections may lead though it is not public: exactly these hosts and ports. */
  readonly allowedHosts: readonly AllowedHost[];
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
  /** Whether the demo tenant and its dashboards are there; never in production. */
  readonly demo: boolean;
};

/**
 * Reads the configuration. Throws an Error that names each variable that is missing or wrong, one a
 * line, and how to mend it: a service that starts has a configuration that it can keep.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>, defaultDataDir: string): Config {
  const problems: string[] = [];
  const production = env.NODE_ENV === "production";
  const text = (name: string) => (env[name] === undefined || env[name] === "" ? undefined : env[name]);
  const required = (name: string, why: string) => {
    const value = text(name);
    if (value === undefined && production) problems.push(`${name} is not set: ${why}`);
    return value;
  };
  const whole = (name: string, fallback: number, min: number, max: number) => {
    const value = text(name);
    if (value === undefined) return fallback;
    const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    problems.push(`${name} must be a whole number from ${min} to ${max}`);
    return fallback;
  };
  const url = (name: string, value: string | undefined, schemes: readonly string[]) => {
    if (value !== undefined && !(URL.canParse(value) && schemes.includes(new URL(value).protocol))) {
      problems.push(`${name} must be an address that starts with ${schemes.join(" or ")}//`);
    }
    return value;
  };

  const dataDir = text("DATA_DIR") ?? defaultDataDir;
  const certFile = text("TLS_CERT_FILE");
  const keyFile = text("TLS_KEY_FILE");
  if ((certFile === undefined) !== (keyFile === undefined)) {
    problems.push("TLS_CERT_FILE and TLS_KEY_FILE go together: set both or neither");
  }
  const jwksUrl = url("AUTH_JWKS_URL", text("AUTH_JWKS_URL"), ["https:", "http:"]);
  const jwksFile = text("AUTH_JWKS_FILE");
  const issuer = text("AUTH_ISSUER");
  const audience = text("AUTH_AUDIENCE");
  const authSet = [jwksUrl ?? jwksFile, issuer, audience].filter((value) => value !== undefined).length;
  if (authSet < 3 && (authSet > 0 || production)) {
    problems.push("AUTH_ISSUER, AUTH_AUDIENCE and one of AUTH_JWKS_URL and AUTH_JWKS_FILE go together: set all three");
  }
  if (jwksUrl !== undefined && jwksFile !== undefined) {
    problems.push("AUTH_JWKS_URL and AUTH_JWKS_FILE are both set: keep one");
  }
  if (text("SECRETS_KEYS_FILE") !== undefined && text("SECRETS_KEYS_FILE") === text("SHARE_KEYS_FILE")) {
    problems.push("SECRETS_KEYS_FILE and SHARE_KEYS_FILE must be two files: each has a rotation of its own");
  }
  const logLevel = text("LOG_LEVEL") ?? (production ? "info" : "warn");
  if (!isLogLevel(logLevel)) problems.push("LOG_LEVEL must be debug, info, warn, error or silent");
  if (production && text("DATABASE_MIGRATE_URL") === undefined) {
    problems.push("DATABASE_MIGRATE_URL is not set: the tables' owner migrates at start, DATABASE_URL owns nothing");
  }
  for (const name of ["DATABASE_URL", "DATABASE_MIGRATE_URL"]) {
    if (production && text(name)?.includes(documentedPassword)) {
      problems.push(`${name} has a password that stands in the documentation: alter role ... password, and set yours`);
    }
  }
  const publicUrl = url("PUBLIC_URL", required("PUBLIC_URL", "links that are shared start with it"), [
    "https:",
    "http:",
  ]);
  const proxies = (text("TRUSTED_PROXIES") ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(parseNetwork);
  if (proxies.includes(undefined)) {
    problems.push("TRUSTED_PROXIES must be addresses and networks such as 10.0.0.0/8, separated by commas");
  }
  const redisUrl = text("REDIS_URL");
  if (redisUrl !== undefined && !isRedisUrl(redisUrl)) {
    problems.push("REDIS_URL must be an address such as redis://user:password@host:6379/0, or rediss:// for TLS");
  }
  const allowedHosts = parseAllowedHosts(text("ALLOWED_HOSTS") ?? "", (problem) =>
    problems.push(`ALLOWED_HOSTS: ${problem}`),
  );

  const config: Config = {
    production,
    host: text("HOST") ?? "127.0.0.1",
    port: whole("PORT", 8080, 0, 65_535),
    admin:
      text("ADMIN_PORT") === undefined
        ? undefined
        : { host: text("ADMIN_HOST") ?? "127.0.0.1", port: whole("ADMIN_PORT", 0, 0, 65_535) },
    publicUrl: publicUrl?.replace(/\/+$/, ""),
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
    dataDir,
    filesDir: text("FILES_DIR") ?? join(dataDir, "files"),
    databaseUrl: url("DATABASE_URL", required("DATABASE_URL", "dashboards are kept in PostgreSQL"), [
      "postgres:",
      "postgresql:",
    ]),
    databaseMigrateUrl: url("DATABASE_MIGRATE_URL", text("DATABASE_MIGRATE_URL"), ["postgres:", "postgresql:"]),
    issuer:
      issuer !== undefined && audience !== undefined && (jwksUrl !== undefined || jwksFile !== undefined)
        ? { issuer, audience, jwks: jwksUrl !== undefined ? { url: jwksUrl } : { file: jwksFile! } }
        : undefined,
    tenantClaim: text("AUTH_TENANT_CLAIM") ?? "tenant",
    scopeClaim: text("AUTH_SCOPE_CLAIM") ?? "scope",
    filtersClaim: text("AUTH_FILTERS_CLAIM") ?? "dashboard_filters",
    shareKeysFile: required("SHARE_KEYS_FILE", "links are signed with the keys in it"),
    secretsKeysFile: required("SECRETS_KEYS_FILE", "secrets of connections are sealed with the keys in it"),
    shareMaxExpiresInS: whole("SHARE_MAX_EXPIRES_IN_S", 604_800, 60, 31_536_000),
    limitsFile: text("LIMITS_FILE"),
    rate: { perSecond: whole("RATE_PER_SECOND", 10, 1, 1_000_000), burst: whole("RATE_BURST", 10, 1, 1_000_000) },
    linksPerSecond: whole("RATE_LINKS_PER_SECOND", 50, 1, 1_000_000),
    failedTokensPerSecond: whole("RATE_FAILED_TOKENS_PER_SECOND", 20, 1, 1_000_000),
    cacheMaxBytes: whole("CACHE_MAX_BYTES", 268_435_456, 1_048_576, 1_099_511_627_776),
    redisUrl,
    redisCacheMaxBytes: whole("REDIS_CACHE_MAX_BYTES", 268_435_456, 1_048_576, 1_099_511_627_776),
    auditRetentionMonths: whole("AUDIT_RETENTION_MONTHS", 13, 1, 1_200),
    trustedProxies: proxies.filter((proxy) => proxy !== undefined),
    allowedHosts,
    logLevel: isLogLevel(logLevel) ? logLevel : "info",
    demo: !production && text("DEMO") !== "off",
  };
  if (config.port !== 0 && config.admin?.port === config.port) {
    problems.push("ADMIN_PORT and PORT must be two ports: what is for operators is not for callers");
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return Object.freeze(config);
}

/** How the passwords begin that the runbook gives roles, to be changed. */
const documentedPassword = "change-me-";

/** Nothing after the number of the database: the driver would take it for settings of its own. */
function isRedisUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, pathname, search, hash } = new URL(value);
  if (!["redis:", "rediss:"].includes(protocol) || hostname === "") return false;
  return /^(\/\d{0,4})?$/.test(pathname) && search === "" && hash === "";
}

function isLogLevel(value: string): value is Config["logLevel"] {
  return ["debug", "info", "warn", "error", "silent"].includes(value);
}
