import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { parseConfig } from "../../src/config/config.ts";
import { createLog } from "../../src/log/log.ts";
import { startService } from "../../src/main/service.ts";
import { suite } from "../harness.ts";

/** Production starts with secrets of the operator's own, or not at all. Nothing is listening behind these addresses. */
const test = suite("keys of production");
const folder = mkdtempSync(join(tmpdir(), "production-keys-"));
test.after(() => rmSync(folder, { recursive: true }));

const text = (keys: Record<string, string>, current = "k1") => JSON.stringify({ current, keys });
const random = (bytes: number) => randomBytes(bytes).toString("base64url");
let files = 0;

function fileOf(content: string): string {
  files += 1;
  const path = join(folder, `${files}.json`);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

const issuerKey = { ...generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }), kid: "1", alg: "EdDSA" };

const env = {
  NODE_ENV: "production",
  DATABASE_URL: "postgres://service:x@127.0.0.1:1/none",
  DATABASE_MIGRATE_URL: "postgres://owner:x@127.0.0.1:1/none",
  AUTH_ISSUER: "https://issuer.test",
  AUTH_AUDIENCE: "dashboards",
  AUTH_JWKS_FILE: fileOf(JSON.stringify({ keys: [issuerKey] })),
  SHARE_KEYS_FILE: fileOf(text({ k1: random(32) })),
  SECRETS_KEYS_FILE: fileOf(text({ k1: random(32) })),
  PUBLIC_URL: "https://dashboards.test",
  PORT: "0",
};

/** Says why the service does not start with these variables. */
async function refusalWith(more: Record<string, string>): Promise<string> {
  try {
    const service = await startService(parseConfig({ ...env, ...more }, join(folder, "data")), {
      log: createLog("silent"),
    });
    await service.close();
    return "it started";
  } catch (error) {
    return (error as Error).message;
  }
}

test("with keys that are in order it is only the database that is missing", async () => {
  assert.match(await refusalWith({}), /database is not available/);
});

const placeholder = Buffer.from("change-me-change-me-change-me-12").toString("base64url");
const bad: Record<string, readonly [content: string | undefined, told: RegExp]> = {
  "no file": [undefined, /ENOENT/],
  "an empty file": ["", /not JSON/],
  "an empty object": ["{}", /"keys" must be an object/],
  "no key": [text({}), /"current" must be one of/],
  "an empty key": [text({ k1: "" }), /key k1 must be base64url/],
  "a key of 31 bytes": [text({ k1: random(31) }), /key k1 must have at least 32 bytes/],
  "a short key beside a good one": [text({ k1: random(32), k2: random(8) }), /key k2 must have at least 32 bytes/],
  "a key of zeros": [text({ k1: Buffer.alloc(32).toString("base64url") }), /key k1 can be guessed/],
  "a placeholder": [text({ k1: placeholder }), /key k1 can be guessed/],
  "a guessable key beside a good one": [text({ k1: random(32), k2: placeholder }), /key k2 can be guessed/],
};

for (const variable of ["SHARE_KEYS_FILE", "SECRETS_KEYS_FILE"]) {
  for (const [what, [content, told]] of Object.entries(bad)) {
    test(`${variable}: ${what} stops the start, by the variable's name and without a key`, async () => {
      const path = content === undefined ? join(folder, "none.json") : fileOf(content);
      const message = await refusalWith({ [variable]: path });
      assert.match(message, new RegExp(`^${variable} cannot be used: `));
      assert.match(message, told);
      for (const [, key] of content?.matchAll(/"([\w-]{10,})"/g) ?? []) assert.not(message.includes(key!));
    });
  }
}

for (const variable of Object.keys(env).filter((name) => !["NODE_ENV", "PORT"].includes(name))) {
  test(`${variable} left out, or empty, stops the start by its name`, async () => {
    const { [variable]: _, ...rest } = env as Record<string, string>;
    for (const incomplete of [rest, { ...rest, [variable]: "" }]) {
      assert.throws(() => parseConfig(incomplete, folder), new RegExp(`^.*\\b${variable}\\b`));
    }
  });
}

test("passwords of the documentation are refused, and not repeated", async () => {
  for (const variable of ["DATABASE_URL", "DATABASE_MIGRATE_URL"]) {
    const message = await refusalWith({ [variable]: "postgres://dashboards_service:change-me-2@db:5432/dashboards" });
    assert.match(message, new RegExp(`^${variable} has a password that stands in the documentation`));
    assert.not.match(message, "change-me");
  }
});

test.run();
