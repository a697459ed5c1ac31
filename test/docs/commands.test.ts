import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { installDemoFiles } from "../../demo/data.ts";
import { projectDir } from "../../src/main/paths.ts";
import { parseSecretKeys } from "../../src/secret/secret-keys.ts";
import { parseShareKeys } from "../../src/share/share-keys.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { createTestDatabase } from "../store/database.ts";
import { parseSections, readDocument } from "./markdown.ts";
import { createProjectFolder, terminalEnv } from "./project-folder.ts";
import { openShell } from "./shell.ts";

/**
 * Every command of the documents has run: each block of `sh` is run here, or by the test that the table names, or cannot be run
 * where tests are, for the reason that stands beside it. A new block fails until it is in one of the three.
 */
const test = suite("commands of the documents");

/** A block, by its document and how its first line begins. */
type Place = readonly [document: string, beginning: string];

/** Those that another test runs, which names the document; or the file of it that the block runs. */
const ranElsewhere: readonly (readonly [...Place, by: string, names?: string])[] = [
  ["docs/tutorial.md", "", "test/docs/tutorial.test.ts"],
  ["docs/api.md", "curl -s ", "test/docs/examples.test.ts"],
  ["docs/cli.md", "dashboards ", "test/cli/document.test.ts"],
  ["docs/cli.md", "export DASHBOARDS_TOKEN=", "test/cli/document.test.ts"],
  ["client/README.md", "npm install ./datajetty", "test/client/packed.test.ts"],
  ["docs/embed.md", "export DASHBOARDS_TOKEN=", "test/browser/embed-document.test.ts"],
  ["docs/runbook.md", "OTEL_EXPORTER_OTLP_ENDPOINT=", "test/tracing/example.test.ts", "docs/otel.example.mjs"],
  ["docs/runbook.md", "ADMIN_PORT=", "test/tracing/example.test.ts", "ADMIN_PORT"],
  ["docs/runbook.md", "pg_dump ", "test/docs/backup.test.ts"],
  ["docs/runbook.md", "pg_restore ", "test/docs/backup.test.ts"],
  ["docs/runbook.md", "npm run -s tenant -- ", "test/docs/tenants.test.ts"],
  ["docs/runbook.md", "umask 077\nmkdir -p secrets/", "test/supply/container.test.ts"],
];

const alone = "it takes up to hours of a machine that does nothing else, and `npm test` takes samples of it";

/** Those that cannot run where tests are. */
const notRun: readonly (readonly [...Place, reason: string])[] = [
  [
    "README.md",
    "npm ci && npm start",
    "`npm ci` takes away what tests run with; the tutorial's test starts the service",
  ],
  ["docs/CONTRIBUTING.md", "npm ci", "it replaces what tests run with, and runs all of them, this one among them"],
  ["docs/performance.md", "npm run -s bench", alone],
  ["docs/reliability.md", "npm run -s ", alone],
  ["docs/runbook.md", "docker build ", "no container engine is there; test/supply reads the files that it takes"],
  ["docs/runbook.md", "cat > .env <<END", "no container engine is there; test/supply reads the files that it takes"],
];

const service = await startTestService();
await installDemoFiles(join(service.filesDir, "demo"), () => {});
await service.save("demo", parse(readDocument("demo/dashboards/ops_overview.yaml")) as JsonObject);
const database = await createTestDatabase();
const folder = createProjectFolder();
const shell = openShell(folder, { ...terminalEnv, DATA_DIR: dirname(service.filesDir) });
test.after(async () => {
  await shell.close();
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Those that are run here, in their order, and what must come of them. */
const ranHere: readonly (readonly [...Place, run: (text: string) => Promise<void>])[] = [
  [
    "README.md",
    "TOKEN=$(npm run -s token",
    async (text) => {
      const said = await succeed(text);
      assert.match(said, /^\{"html":"<div .*"ttl_s":\d+/);
      assert.match(said, /\{"url":"https:\/\/links\.test\/s\/[\w.-]+","expires_at":"/);
      assert.ok(
        said.endsWith('{"dashboard_id":"orders","status":"active","version":1,"revision":0}'),
        said.slice(-200),
      );
    },
  ],
  [
    "README.md",
    "SERVICE=http",
    async (text) => {
      const said = await succeed(text);
      assert.match(said, /^\{\n {2}"html": "<div /);
      assert.match(said, /^ {2}"url": "https:\/\/links\.test\/s\/[\w.-]+",$/m);
      assert.match(said, /"dashboardId": "mine",\n {2}"status": "active",\n {2}"version": 1\n\}$/);
    },
  ],
  [
    "docs/api.md",
    "API=http",
    async (text) => {
      const said = await succeed(`${text}\ncurl -s "$API/definitions?prefix=ops" -H "Authorization: Bearer $TOKEN"`);
      assert.match(said, '"dashboard_id":"ops_overview"');
    },
  ],
  [
    "docs/data-model.md",
    "npx node --input-type",
    async (text) => {
      const plans = await succeed(`export TEST_DATABASE_URL=${database.superuserUrl}\n${text}`);
      assert.is(plans.match(/Index Scan using \w+_pk /g)?.length, 5, plans);
      assert.not.match(plans, /Seq Scan|Sort/);
    },
  ],
  [
    "docs/runbook.md",
    "umask 077\nfor file",
    async (text) => {
      await succeed(`(${text})`);
      assert.is(parseShareKeys(keyFile("share-keys.json")).current, "k1");
      assert.is(parseSecretKeys(keyFile("secret-keys.json")).current, "k1");
      assert.is(statSync(join(folder, "share-keys.json")).mode & 0o777, 0o600);
    },
  ],
  [
    "docs/runbook.md",
    "DATABASE_MIGRATE_URL=",
    async (text) => {
      const [migrate, start] = text
        .replace(/postgres:\S+/, database.ownerUrl)
        .trim()
        .split("\n");
      assert.match(await succeed(migrate!), "the database is up to date");
      const { output, code } = await shell.run(start!.replace(" ... ", " "));
      assert.is(code, 1);
      assert.match(output, "DATABASE_URL");
    },
  ],
  ["docs/runbook.md", "npm run -s rotate-share-keys -- ", rotateShareKeys],
  ["docs/runbook.md", "npm run -s rotate-secrets ", rotateSecrets],
];

const documents = [
  "README.md",
  "demo/README.md",
  "client/README.md",
  ...readdirSync(join(projectDir, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const blocks = documents.flatMap((document) =>
  parseSections(readDocument(document))
    .flatMap((section) => section.blocks)
    .filter(({ language }) => language === "sh")
    .map(({ text }) => ({ document, text })),
);
type Command = (typeof blocks)[number];
const isAt = ([document, beginning]: readonly [...Place, ...unknown[]], block: Command) =>
  block.document === document && block.text.startsWith(beginning);

for (const [index, block] of blocks.entries()) {
  const place = ranHere.find((each) => isAt(each, block));
  if (place === undefined) continue;
  test(`${block.document}, block ${index + 1}: ${block.text.split("\n")[0]}`, () => place[2](block.text));
}

test("the token that docs/embed.md takes is one", async () => {
  const [block] = blocks.filter(({ document }) => document === "docs/embed.md");
  const said = await succeed(`DASHBOARDS_HOME=$PWD\n${block!.text.split("\n")[0]}\nprintf %s "$DASHBOARDS_TOKEN"`);
  assert.match(said, /^[\w-]+\.[\w-]+\.[\w-]+$/);
});

test("every block is run, here or elsewhere, or there is a reason", () => {
  const all = [...ranHere, ...ranElsewhere, ...notRun];
  for (const block of blocks) {
    assert.is(all.filter((place) => isAt(place, block)).length, 1, `${block.document}: ${block.text}`);
  }
  for (const place of all)
    assert.ok(
      blocks.some((block) => isAt(place, block)),
      `no such block: ${place.slice(0, 2)}`,
    );
});

test("the tests that run the others are there, and name the document", () => {
  for (const [document, , by, names = document] of ranElsewhere) {
    assert.ok(existsSync(join(projectDir, by)), by);
    assert.ok(readDocument(by).includes(names), `${by}: ${names}`);
  }
});

test("the flags of what is not run here are flags", () => {
  const { scripts } = JSON.parse(readDocument("package.json")) as { scripts: Record<string, string> };
  for (const { document, text } of blocks) {
    if (!notRun.some((place) => isAt(place, { document, text }))) continue;
    for (const [, name, flags] of text.matchAll(/^npm run -s ([\w-]+) -- (.*)$/gm)) {
      const script = readDocument(scripts[name!]!.split(" ")[1]!);
      for (const [, flag] of flags!.matchAll(/--([\w-]+)/g)) assert.match(script, new RegExp(`\\b${flag}\\b`), text);
    }
  }
});

test.run();

/** Runs commands on the service of this test, and returns what they said. */
async function succeed(commands: string): Promise<string> {
  const { output, code } = await shell.run(commands.replaceAll("http://127.0.0.1:8080", service.url));
  assert.is(code, 0, `${commands}\n${output}`);
  return output.trim();
}

function keyFile(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** The second time a minute has not passed, and so it takes what the text says of that. */
async function rotateShareKeys(text: string): Promise<void> {
  const before = parseShareKeys(keyFile("share-keys.json"));
  if (before.keys.size === 1) {
    assert.match(await succeed(text), "was added as the next key");
    return;
  }
  const { output, code } = await shell.run(text);
  assert.is(code, 2);
  assert.match(output, "--now");
  assert.match(await succeed(text.replace(/ +#/, " --now #")), "k1 was retired");
  assert.is.not(parseShareKeys(keyFile("share-keys.json")).current, "k1");
}

async function rotateSecrets(text: string): Promise<void> {
  const env = `SECRETS_KEYS_FILE=$PWD/secret-keys.json DATABASE_MIGRATE_URL=${database.ownerUrl}`;
  for (const line of text.trim().split("\n")) await succeed(`${env} ${line.replace(/ +#/, " -- --now #")}`);
  if (text.includes("drops the key before")) {
    const { current, keys } = parseSecretKeys(keyFile("secret-keys.json"));
    assert.equal([...keys.keys()], [current]);
    assert.is.not(current, "k1");
  }
}
