import * as assert from "uvu/assert";
import { parseConfig } from "../../src/config/config.ts";
import { suite } from "../harness.ts";

const test = suite("config");

test("development needs nothing", () => {
  const config = parseConfig({}, "/project/.data");
  assert.equal([config.host, config.port, config.dataDir, config.demo], ["127.0.0.1", 8080, "/project/.data", true]);
  assert.is(config.filesDir, "/project/.data/files");
});

test("production names every variable that is missing, one a line", () => {
  let message = "";
  try {
    parseConfig({ NODE_ENV: "production" }, "/project");
  } catch (error) {
    message = (error as Error).message;
  }
  for (const name of ["DATABASE_URL", "AUTH_ISSUER", "SHARE_KEYS_FILE", "SECRETS_KEYS_FILE", "PUBLIC_URL"]) {
    assert.ok(
      message.split("\n").some((line) => line.includes(name)),
      name,
    );
  }
});

test("a value that does not fit is refused by its name, and never repeated", () => {
  const wrong = { PORT: "80a", DATABASE_URL: "mysql://user:hunter2@host/db", LOG_LEVEL: "loud", TLS_CERT_FILE: "a" };
  for (const [name, value] of Object.entries(wrong)) {
    assert.throws(
      () => parseConfig({ [name]: value }, "/p"),
      (error: Error) => error.message.includes(name) && !error.message.includes("hunter2"),
    );
  }
});

test("keys of links and of secrets are in two files", () => {
  const same = { SHARE_KEYS_FILE: "/keys.json", SECRETS_KEYS_FILE: "/keys.json" };
  assert.throws(() => parseConfig(same, "/p"), /^SECRETS_KEYS_FILE and SHARE_KEYS_FILE must be two files/);
  assert.is(parseConfig({ ...same, SECRETS_KEYS_FILE: "/other.json" }, "/p").secretsKeysFile, "/other.json");
});

test("Redis is named by its address and the number of a database, and by nothing else", () => {
  for (const url of ["redis://host", "rediss://user:p%40ss@host:6380/", "redis://[::1]:6379/15"]) {
    assert.is(parseConfig({ REDIS_URL: url }, "/p").redisUrl, url);
  }
  assert.is(parseConfig({}, "/p").redisUrl, undefined);
  const wrong = [
    "host:6379",
    "http://host",
    "redis:",
    "redis:///0",
    "redis://host/main",
    "redis://host/0?db=1",
    "redis://host#x",
  ];
  for (const url of wrong)
    assert.throws(() => parseConfig({ REDIS_URL: url }, "/p"), /^REDIS_URL must be an address/, url);
});

test("each rate has its own variable", () => {
  const { rate, linksPerSecond, failedTokensPerSecond } = parseConfig(
    { RATE_PER_SECOND: "1", RATE_BURST: "2", RATE_LINKS_PER_SECOND: "3", RATE_FAILED_TOKENS_PER_SECOND: "4" },
    "/p",
  );
  assert.equal([rate, linksPerSecond, failedTokensPerSecond], [{ perSecond: 1, burst: 2 }, 3, 4]);
});

test("trusted proxies are addresses and networks", () => {
  const { trustedProxies } = parseConfig({ TRUSTED_PROXIES: " 10.0.0.0/8, fd00::/8,192.0.2.1 , " }, "/p");
  assert.equal(trustedProxies, [
    { address: "10.0.0.0", family: "ipv4", prefixBits: 8 },
    { address: "fd00::", family: "ipv6", prefixBits: 8 },
    { address: "192.0.2.1", family: "ipv4", prefixBits: 32 },
  ]);
});

for (const entry of ["proxy.internal", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/", "10.0.0.0/8/8", "/8", "fd00::/129"]) {
  test(`"${entry}" is no proxy, which is said at the start`, () => {
    assert.throws(() => parseConfig({ TRUSTED_PROXIES: `10.0.0.1, ${entry}` }, "/p"), /^TRUSTED_PROXIES must be/);
  });
}

test("the production demo cannot be switched on", () => {
  const env = {
    NODE_ENV: "production",
    DATABASE_URL: "postgres://db/x",
    DATABASE_MIGRATE_URL: "postgres://owner@db/x",
    AUTH_ISSUER: "https://issuer",
    AUTH_AUDIENCE: "dashboards",
    AUTH_JWKS_URL: "https://issuer/jwks",
    SHARE_KEYS_FILE: "/keys",
    SECRETS_KEYS_FILE: "/secrets",
    PUBLIC_URL: "https://dashboards.example/",
    DEMO: "on",
  };
  const config = parseConfig(env, "/p");
  assert.not(config.demo);
  assert.is(config.publicUrl, "https://dashboards.example");
});

test.run();
