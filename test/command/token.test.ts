import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { equal, is, match } from "uvu/assert";
import { createAuthenticator } from "../../src/auth/authenticator.ts";
import { openDevelopmentIssuer } from "../../src/auth/development-issuer.ts";
import { createFixedJwks } from "../../src/auth/jwks.ts";
import { suite } from "../harness.ts";

const test = suite("the token command");
const dataDir = await mkdtemp(join(tmpdir(), "token-command-"));
const script = join(import.meta.dirname, "../../src/command/token.ts");

test.after(() => rm(dataDir, { recursive: true }));

/** Runs the command in an environment that holds nothing but what is given. */
function run(args: readonly string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(process.execPath, [script, ...args], { env: { DATA_DIR: dataDir, ...env } }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

test("it prints a token, and nothing else, that the service takes", async () => {
  const { code, out, err } = await run(["--tenant", "acme"]);
  equal([code, err], [0, ""]);
  match(out, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const { issuer, audience, jwks } = await openDevelopmentIssuer(dataDir, Date.now);
  const authenticate = createAuthenticator({
    issuers: [{ issuer, audience, keys: createFixedJwks(jwks) }],
    tenantClaim: "tenant",
    scopeClaim: "scope",
    filtersClaim: "dashboard_filters",
    now: Date.now,
  });
  const { tenant, subject, scopes } = await authenticate(`Bearer ${out.trim()}`);
  equal(
    [tenant, subject, ...scopes],
    ["acme", "developer", "dashboards:render", "dashboards:publish", "dashboards:share", "connections:write"],
  );
});

test("scopes and lifetime are as asked for", async () => {
  const { out } = await run([
    "--tenant",
    "acme",
    "--scopes",
    "dashboards:render connections:write",
    "--expires-in",
    "60",
  ]);
  const { scope, iat, exp } = decodeJwt(out.trim());
  is(scope, "dashboards:render connections:write");
  is(exp! - iat!, 60);
});

test("what is wrong is said on standard error, and the exit code is 2", async () => {
  const wrong: [string[], Record<string, string>, string][] = [
    [[], {}, "--tenant must be"],
    [["--tenant", "a b"], {}, "--tenant must be"],
    [["--tenat", "acme"], {}, "--tenat"],
    [["acme"], {}, "acme"],
    [["--tenant", "acme", "--scopes", "dashboards:*"], {}, "--scopes must be"],
    [["--tenant", "acme", "--expires-in", "86401"], {}, "--expires-in must be"],
    [["--tenant", "acme", "--expires-in", "1h"], {}, "--expires-in must be"],
    [["--tenant", "acme"], { NODE_ENV: "production" }, "NODE_ENV is production"],
    [
      ["--tenant", "acme"],
      { AUTH_ISSUER: "https://a.test", AUTH_AUDIENCE: "a", AUTH_JWKS_FILE: "a.json" },
      "AUTH_ISSUER is set",
    ],
  ];
  const before = await readdir(dataDir);
  await Promise.all(
    wrong.map(async ([args, env, message]) => {
      const { code, out, err } = await run(args, env);
      equal([code, out], [2, ""]);
      match(err, message);
      match(err, "usage: npm run -s token");
    }),
  );
  equal(await readdir(dataDir), before);
});

test.run();
