import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { SignJWT } from "jose";
import * as assert from "uvu/assert";
import { keySet, startJwksServer } from "../auth/jwks-server.ts";
import { readDocument } from "../docs/markdown.ts";
import { suite } from "../harness.ts";
import { follow } from "../process.ts";
import { startBarePostgres } from "../store/bare-postgres.ts";
import { findPostgresPrograms } from "../store/postgres-programs.ts";
import { createProxy } from "../store/proxy.ts";
import { interpolate, readCompose } from "./compose.ts";
import { startContainer, whyNoContainer } from "./container.ts";
import { healthCommand, imageEnv, imageUser, makeSecrets, operatorEnv, stages } from "./deployment.ts";
import { layOutImage } from "./image.ts";

/** The service as `Dockerfile` and `compose.yaml` have it run, without an engine. */
const test = suite("containers");
const { dashboards } = readCompose().services;
const programs = findPostgresPrograms();
const reason = whyNoContainer() ?? ("reason" in programs ? programs.reason : undefined);
const whole =
  "what the image has is enough: as its user, on a read-only root, with the roles, secrets and variables of Compose";
if (reason !== undefined) test.skip(whole, reason);
else {
  test(whole, async () => {
    await using opened = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), "dash-container-"));
    opened.defer(() => rmSync(folder, { recursive: true, force: true }));
    const postgres = await startBarePostgres();
    opened.defer(postgres.close);
    const jwks = await startJwksServer(keySet({ ...publicKey.export({ format: "jwk" }), kid: "k", alg: "EdDSA" }));
    opened.defer(jwks.close);

    // As the image of PostgreSQL runs what is in its folder for that, with the secrets where they are here.
    const secrets = makeSecrets(folder);
    const roles = join(folder, "roles.sql");
    writeFileSync(
      roles,
      readDocument(".docker/roles.sql").replaceAll("/run/secrets/database", join(secrets, "database")),
    );
    const psql = [
      "-v",
      "ON_ERROR_STOP=1",
      "--no-password",
      "--no-psqlrc",
      "-f",
      roles,
      postgres.superuserUrl("postgres"),
    ];
    await promisify(execFile)(join((programs as { folder: string }).folder, "psql"), psql);
    const proxy = await createProxy(postgres.superuserUrl("dashboards"));
    opened.defer(proxy.close);
    const file = join(secrets, "dashboards/variables.env");
    const at = new URL(proxy.url).host;
    writeFileSync(
      file,
      readFileSync(file, "utf8").replaceAll("database:5432", at).replace("redis:6379", "127.0.0.1:1"),
    );

    const files = join(folder, "files");
    mkdirSync(join(files, "acme"), { recursive: true });
    writeFileSync(join(files, "acme/orders.csv"), "region,orders\nIN,10\nUS,20\n");
    const app = join(folder, "app");
    mkdirSync(app);
    layOutImage(stages, app);
    const hosts: Record<string, string> = { "./secrets/dashboards": join(secrets, "dashboards"), "./files": files };
    const environment = interpolate(dashboards.environment!, { ...operatorEnv, AUTH_JWKS_URL: jwks.url.href });
    assert.equal([imageEnv.HOST, environment.ADMIN_HOST], ["0.0.0.0", "0.0.0.0"]);
    const here = { HOST: "127.0.0.1", PORT: "0", ADMIN_HOST: "127.0.0.1", ADMIN_PORT: "0" };
    const plan = {
      folder,
      app,
      user: imageUser,
      mounts: Object.fromEntries(
        dashboards.volumes.map((volume) => volume.split(":")).map(([from, to]) => [to, hosts[from!]!]),
      ),
      tmpfs: Object.fromEntries(dashboards.tmpfs.map((line) => line.split(":") as [string, string])),
      env: { ...imageEnv, ...environment, ...here },
    };
    const child = startContainer({ ...plan, command: [...dashboards.entrypoint!, ...dashboards.command!] });
    opened.defer(() => void child.kill("SIGKILL"));
    const service = follow(child);
    const url = await service.url;

    assert.equal(await (await fetch(`${url}/readyz`)).json(), { status: "ready", database: "up", redis: "down" });
    const [node, ...check] = healthCommand;
    assert.is(node, "node");
    const probe = (port: string) => promisify(execFile)(process.execPath, check, { env: { PORT: port } });
    await probe(new URL(url).port);
    await probe("1").then(
      () => assert.unreachable("a port where nothing is passed for ready"),
      () => {},
    );
    await useIt(url, `Bearer ${await mint()}`);
    const run = async (...args: readonly string[]) => {
      const { ended, output } = follow(startContainer({ ...plan, command: [...dashboards.entrypoint!, ...args] }));
      return `${await ended} ${output()}`;
    };
    const [, tenants] = /docker compose run --rm dashboards (.+?)`/.exec(readDocument("docs/runbook.md"))!;
    assert.match(await run(...tenants!.split(" ")), /^0 [\s\S]*^acme +1 of 1000/m);
    assert.match(await run("src/cli/main.ts", "--help"), "0 Usage: dashboards ");
    const folders = ["/", "/app", "/srv/files", "/run/secrets/dashboards", "/tmp", imageEnv.DATA_DIR!];
    assert.is(await run("-e", writeTo, ...folders), `0 ${"EROFS\n".repeat(4)}`);
    const output = service.output();
    service.signal("SIGTERM");
    assert.is(await service.ended, 0);
    for (const bad of ["prlimit", "compiled code is not kept", '"level":"error"']) assert.not.match(output, bad);
  });
}

test.run();

/** Tries to write to folders, and says why it cannot. */
const writeTo = `for (const each of process.argv.slice(1)) {
  try { fs.writeFileSync(each + "/x", "") } catch ({ code }) { console.log(code) }
}`;

type Rendered = { readonly html: string; readonly panels: readonly { readonly error: string }[] };

/** What needs more than JavaScript: DuckDB over a tenant's file, and the picture of a dashboard. */
async function useIt(url: string, authorization: string): Promise<void> {
  const call = (path: string, body: object) =>
    fetch(`${url}/api/v1/data-consumption/dashboards${path}`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const duckdb = { files: [{ name: "orders", path: "orders.csv" }], query: "select sum(orders) as total from orders" };
  const panel = { title: "Total", datasource: "total", stat: { value: "total" } };
  const saved = await call("/definitions", {
    dashboard_id: "orders",
    layout: { title: "Orders", panels: [panel] },
    datasources: [{ id: "total", duckdb }],
  });
  assert.is(saved.status, 200, await saved.text());
  const answer = await call("/render", { dashboard_id: "orders" });
  assert.is(answer.status, 200, await answer.clone().text());
  const rendered = (await answer.json()) as Rendered;
  assert.equal(
    rendered.panels.map(({ error }) => error),
    [""],
  );
  assert.match(rendered.html, /\b30\b/);
  const picture = await call("/export", { dashboard_id: "orders", format: "png" });
  assert.is(picture.status, 200);
  assert.is(Buffer.from(await picture.arrayBuffer()).toString("latin1", 1, 4), "PNG");
}

const { publicKey, privateKey } = generateKeyPairSync("ed25519");

function mint(): Promise<string> {
  return new SignJWT({ tenant: "acme", scope: "dashboards:render dashboards:publish" })
    .setProtectedHeader({ alg: "EdDSA", kid: "k", typ: "JWT" })
    .setIssuer(operatorEnv.AUTH_ISSUER!)
    .setAudience(operatorEnv.AUTH_AUDIENCE!)
    .setSubject("tester")
    .setIssuedAt()
    .setExpirationTime("5m")
    .sign(privateKey);
}
