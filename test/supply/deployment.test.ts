import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as assert from "uvu/assert";
import { parseConfig } from "../../src/config/config.ts";
import { readDocument } from "../docs/markdown.ts";
import { suite } from "../harness.ts";
import { interpolate, readCompose } from "./compose.ts";
import {
  healthCommand,
  imageEnv,
  imageUser,
  makeSecrets,
  operatorEnv,
  parseSecretVariables,
  runbookBlocks,
  secretsBlock,
  stages,
} from "./deployment.ts";
import { valuesOf } from "./dockerfile.ts";

/** What `Dockerfile`, `compose.yaml` and docs/runbook.md say agrees with each other and with the service. */
const test = suite("files of a deployment");
const [packages, image] = stages;
const compose = readCompose();
const { dashboards, database, redis } = compose.services;

test("the image has the Node of the tests, and its process is not root, ends by SIGTERM, and has no shell around it", () => {
  const { devDependencies, version } = JSON.parse(readDocument("package.json"));
  assert.is(dashboards.image, `dashboards:${version}`);
  assert.match(readDocument("docs/runbook.md"), `--tag dashboards:${version} .`);
  assert.ok(valuesOf(image, "ARG").includes(`VERSION=${version}`));
  for (const stage of [packages, image]) assert.is(stage.image, `node:${devDependencies.node}-slim`);
  assert.is(stages.length, 2);
  assert.equal(valuesOf(image, "USER"), [`${imageUser}:${imageUser}`]);
  assert.ok(imageUser > 10_000);
  assert.equal(valuesOf(image, "STOPSIGNAL"), ["SIGTERM"]);
  for (const name of ["ENTRYPOINT", "CMD"]) assert.ok(Array.isArray(JSON.parse(valuesOf(image, name)[0]!)), name);
  assert.is(healthCommand[0], "node");
  const run = valuesOf(image, "RUN").join();
  for (const text of [`--gid ${imageUser}`, `--uid ${imageUser}`, `--mode 0700 ${imageEnv.DATA_DIR}`])
    assert.match(run, text);
  assert.equal(
    [...valuesOf(image, "ADD"), ...valuesOf(packages, "ADD"), ...valuesOf(image, "VOLUME")],
    [],
    "what ADD fetches nobody has looked at, and a VOLUME cannot be undone",
  );
});

test("services are confined, of one minor release each, and what holds data is reached by the service only", () => {
  for (const [name, service] of Object.entries(compose.services)) {
    const { read_only, cap_drop, security_opt } = service;
    assert.equal([read_only, cap_drop, security_opt], [true, ["ALL"], ["no-new-privileges:true"]], name);
    assert.match(service.image, /^\w+:\d+\.\d+/, name);
    for (const volume of service.volumes) assert.match(volume, /:ro$|^database:/, name);
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      if (/PASSWORD|SECRET|KEY|TOKEN|URL/.test(variable)) {
        assert.match(`${value}`, /^\/run\/secrets\/|^\$\{(AUTH_JWKS|PUBLIC)_URL:\?/, variable);
      }
    }
  }
  for (const { ports, networks, user: account } of [database, redis]) {
    assert.equal([ports, networks, account], [undefined, ["data"], "999:999"]);
  }
  assert.is(compose.networks.data!.internal, true);
  for (const port of dashboards.ports!) assert.match(port, /^127\.0\.0\.1:/);
  assert.is(dashboards.depends_on!.database!.condition, "service_healthy");
  assert.ok(database.healthcheck!.test.includes("--host=127.0.0.1"));
  const { redisCacheMaxBytes } = parseConfig({}, "");
  assert.ok(redis.command!.includes(`${redisCacheMaxBytes / 2 ** 20 + 64}mb`), "what the runbook says of maxmemory");
  assert.match(dashboards.tmpfs.join(), `${imageEnv.DATA_DIR}:size=256m,uid=${imageUser},gid=${imageUser},mode=0700`);
  assert.match(secretsBlock, `chown -R ${imageUser}:${imageUser} secrets/dashboards`);
  assert.match(secretsBlock, "chown -R 999:999 secrets/database secrets/redis");
});

test("the roles are those of the first start", () => {
  const statements = readDocument(".docker/roles.sql").replace(/^(--|\\set).*\n/gm, "");
  const [documented] = runbookBlocks("The first start", "sql");
  const passwords: Record<string, string> = { "change-me-1": "owner", "change-me-2": "service" };
  assert.is(
    statements,
    documented!.replace(/'(change-me-\d)'/g, (_, password) => `:'${passwords[password]}'`),
  );
});

test("the runbook's command makes secrets that only their users read, with which the configuration is whole", () => {
  const folder = mkdtempSync(join(tmpdir(), "dash-secrets-"));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  const secrets = makeSecrets(folder);
  const listed = execFileSync("find", ["secrets", "-printf", "%m %U %p\n"], {
    cwd: dirname(secrets),
    encoding: "utf8",
  });
  const own = process.getuid?.() ?? 0;
  const of = (uid: number) => (own === 0 ? uid : own);
  assert.equal(
    listed.trim().split("\n").sort(),
    [
      `600 ${of(imageUser)} secrets/dashboards/secret-keys.json`,
      `600 ${of(imageUser)} secrets/dashboards/share-keys.json`,
      `600 ${of(imageUser)} secrets/dashboards/variables.env`,
      `600 ${of(999)} secrets/database/owner`,
      `600 ${of(999)} secrets/database/postgres`,
      `600 ${of(999)} secrets/database/service`,
      `600 ${of(999)} secrets/redis/users.acl`,
      `700 ${of(imageUser)} secrets/dashboards`,
      `700 ${of(999)} secrets/database`,
      `700 ${of(999)} secrets/redis`,
      `700 ${own} secrets`,
    ].sort(),
  );
  const variables = parseSecretVariables(readFileSync(join(secrets, "dashboards/variables.env"), "utf8"));
  parseConfig({ ...imageEnv, ...interpolate(dashboards.environment!, operatorEnv), ...variables }, "");
  const acl = readFileSync(join(secrets, "redis/users.acl"), "utf8");
  const { username, password } = new URL(variables.REDIS_URL!);
  assert.match(acl, new RegExp(`^user default off\nuser ${username} on >${password} resetkeys `));
});

test.run();
