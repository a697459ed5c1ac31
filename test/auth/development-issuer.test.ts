import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { equal, is, match, not, unreachable } from "uvu/assert";
import { createAuthenticator } from "../../src/auth/authenticator.ts";
import { openDevelopmentIssuer } from "../../src/auth/development-issuer.ts";
import { createFixedJwks } from "../../src/auth/jwks.ts";
import { suite } from "../harness.ts";

const test = suite("the development issuer");
const root = await mkdtemp(join(tmpdir(), "development-issuer-"));
const now = () => 1_767_225_600_000;
const grant = { tenant: "acme", subject: "ann", scopes: ["dashboards:render"], expiresInS: 3600 };

test.after(() => rm(root, { recursive: true }));

test("its tokens pass as those of any issuer", async () => {
  const { issuer, audience, jwks, mint } = await openDevelopmentIssuer(join(root, "new/folder"), now);
  const keys = createFixedJwks(jwks);
  const authenticate = createAuthenticator({
    issuers: [{ issuer, audience, keys }],
    tenantClaim: "tenant",
    scopeClaim: "scope",
    filtersClaim: "dashboard_filters",
    now,
  });
  const { tenant, subject, scopes } = await authenticate(`Bearer ${await mint(grant)}`);
  equal([tenant, subject, ...scopes], ["acme", "ann", "dashboards:render"]);
});

test("its key set holds nothing private", async () => {
  const { jwks } = await openDevelopmentIssuer(join(root, "public"), now);
  not("d" in jwks.keys[0]!);
});

test("the key is for its owner only and is found again", async () => {
  const folder = join(root, "again");
  const first = await openDevelopmentIssuer(folder, now);
  const second = await openDevelopmentIssuer(folder, now);
  equal(first.jwks, second.jwks);
  equal(await readdir(folder), ["development-key.json"]);
  is((await stat(join(folder, "development-key.json"))).mode & 0o777, 0o600);
});

test("starts at the same time agree on one key and leave nothing behind", async () => {
  for (let round = 0; round < 10; round++) {
    const folder = join(root, `race ${round}`);
    const opened = await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        await setTimeout(i / 2);
        return openDevelopmentIssuer(folder, now);
      }),
    );
    is(new Set(opened.map(({ jwks }) => JSON.stringify(jwks))).size, 1);
    equal(await readdir(folder), ["development-key.json"]);
  }
});

test("a file that holds no key is named, and kept as it is", async () => {
  const path = join(root, "development-key.json");
  for (const text of ["", "{}", "null", '{"x":1,"d":2}']) {
    await writeFile(path, text);
    try {
      await openDevelopmentIssuer(root, now);
      unreachable();
    } catch (error) {
      match((error as Error).message, `${path} is not a key`);
    }
    is(await readFile(path, "utf8"), text);
  }
});

test.run();
