import { generateKeyPairSync } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { SignJWT } from "jose";
import * as assert from "uvu/assert";
import { down, hanging, keySet, startJwksServer } from "../auth/jwks-server.ts";
import { suite } from "../harness.ts";
import { createDataFolder } from "../process.ts";
import { createTestDatabase } from "../store/database.ts";

const test = suite("faults of an issuer's key server");
const [first, second] = [createKey("r1"), createKey("r2")];
const [issuer, audience] = ["https://issuer.test", "dashboards"];

const server = await startJwksServer(down);
const folder = createDataFolder();
const database = await createTestDatabase();
const service = await folder.start({
  DATABASE_URL: database.url,
  DATABASE_MIGRATE_URL: database.ownerUrl,
  AUTH_JWKS_URL: server.url.href,
  AUTH_ISSUER: issuer,
  AUTH_AUDIENCE: audience,
});
let hasEnded = false;
service.ended.then(() => {
  hasEnded = true;
});
test.after(async () => {
  await folder.remove();
  await server.close();
});
test.afterEach(() => assert.not(hasEnded, service.output()));

type Key = ReturnType<typeof createKey>;

let serial = 0;

/** Asks for the list of dashboards by a token that nobody has seen yet. */
async function ask(key: Key | undefined) {
  serial += 1;
  const token =
    key &&
    (await new SignJWT({ tenant: "acme", scope: "dashboards:render dashboards:publish", jti: `${serial}` })
      .setProtectedHeader({ alg: "EdDSA", kid: key.kid, typ: "JWT" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject("tester")
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(key.privateKey));
  const begun = performance.now();
  const answer = await fetch(`${service.url}/api/v1/data-consumption/dashboards/definitions`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  const { error = "" } = (await answer.json()) as { error?: string };
  const ms = performance.now() - begun;
  return { status: answer.status, error, retryAfter: answer.headers.get("retry-after"), ms };
}

async function isDown(key: Key): Promise<void> {
  const { status, error, retryAfter, ms } = await ask(key);
  assert.equal([status, error], [503, "dependency_down"]);
  assert.match(retryAfter ?? "", /^[1-9]\d*$/);
  assert.ok(ms < 3_000, `${ms} ms`);
}

/** Waits until tokens by the key are taken: well before the 30 s for which no unknown key is asked for. */
async function isTaken(key: Key): Promise<void> {
  const begun = performance.now();
  for (let status = 0; status !== 200; await sleep(10)) {
    ({ status } = await ask(key));
    assert.ok(status === 200 || status === 503, `${status}`);
    assert.ok(performance.now() - begun < 5_000);
  }
}

const page: typeof down = (_, response) => response.end("<html>maintenance</html>");

test("before any keys were had callers hear that it is not their fault, and they get in as soon as there are", async () => {
  for (const answer of [down, page, keySet()]) {
    server.answer = answer;
    await isDown(first);
    // For so long it is not asked again.
    await sleep(300);
    assert.is((await ask(undefined)).status, 401);
  }
  server.answer = keySet(first.jwk);
  assert.is((await ask(first)).status, 200);
});

test("while it is out the keys that were had serve, and a key that came meanwhile is known soon after", async () => {
  for (const answer of [hanging, page, down]) {
    server.answer = answer;
    assert.is((await ask(first)).status, 200);
    if (answer !== hanging) await isDown(second);
  }
  server.answer = keySet(first.jwk, second.jwk);
  await isTaken(second);
  assert.is((await ask(first)).status, 200);
});

test.run();

function createKey(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { kid, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, alg: "EdDSA", use: "sig" } };
}
