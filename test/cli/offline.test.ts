import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJwt } from "jose";
import * as assert from "uvu/assert";
import { ask } from "../../src/cli/ask.ts";
import type { CliError } from "../../src/cli/cli-error.ts";
import { findFiles } from "../../src/cli/find-files.ts";
import { parseDefinition } from "../../src/cli/read-definition.ts";
import { definitionToJson } from "../../src/definition/canonical.ts";
import { definitionToFileJson, definitionToYaml } from "../../src/definition/file-text.ts";
import { projectDir } from "../../src/main/paths.ts";
import { releaseVersion } from "../../src/main/release-version.ts";
import { suite } from "../harness.ts";
import { folderOf, orders, stock, wrong } from "./definitions.ts";
import { jsonLines, run } from "./run-cli.ts";

/** What the command does without a service. */
const test = suite("the command dashboards, offline");

const folder = folderOf({ "orders.yaml": orders, "stock.json": stock });
const bad = folderOf({ "wrong.yaml": wrong });

test.after(() => {
  for (const one of [folder, bad]) rmSync(one, { recursive: true });
});

test("definitions without problems are said to have none, in YAML and in JSON", async () => {
  const { code, out, err } = await run(["validate", "--offline", folder]);
  assert.equal([code, out, err], [0, "", "2 definitions: no problems\n"]);
  const demo = await run(["validate", "--offline", join(projectDir, "demo/dashboards")]);
  assert.equal([demo.code, demo.out], [0, ""]);
});

test("every problem is told with its line, its column and its path, also what no definition has", async () => {
  const { code, out, err } = await run(["validate", "--offline", bad]);
  const file = join(bad, "wrong.yaml");
  assert.is(code, 1);
  assert.equal(out.trimEnd().split("\n"), [
    `${file}:6:3: layout.title: must be a string`,
    `${file}:9:7: layout.panels[0].datasorce: there is no such field; did you mean datasource?`,
  ]);
  assert.is(err, "2 problems in 1 of 1 definition\n");

  // What is misspelt does not hide what the rules say of the rest.
  writeFileSync(join(bad, "wrong.yaml"), wrong.replace("title: 5", "title: Orders"));
  const rest = await run(["validate", "--offline", "--json", bad]);
  const [line] = jsonLines(rest.out);
  assert.is(rest.code, 1);
  assert.is(rest.err, "");
  const problems = line!.problems as { field: string; line: number; column: number; description: string }[];
  const places = problems.map(({ field, line: at, column }) => `${at}:${column} ${field}`);
  assert.ok(places.includes("4:21 filters[0].type"), places.join("\n"));
  assert.ok(places.includes("9:7 layout.panels[0].datasorce"), places.join("\n"));
  assert.equal(
    problems.map(({ line: at }) => at),
    problems.map(({ line: at }) => at).toSorted((one, other) => one - other),
  );
});

test("a file that is no YAML, and one that is no object, say where", () => {
  const broken = parseDefinition("a.yaml", "layout:\n  title: [a\ndatasources: 1\n");
  assert.ok(broken.problems.length > 0 && broken.isDefinition);
  assert.ok(broken.problems.every(({ line, column }) => line >= 2 && column >= 1));
  const list = parseDefinition("a.json", "[1]");
  assert.equal([list.isDefinition, list.definition, list.problems[0]?.line], [false, undefined, 1]);
  const twice = parseDefinition("a.yaml", "dashboard_id: a\ndashboard_id: b\n");
  assert.is(twice.problems[0]?.line, 2);
});

test("aliases are followed, and a bomb of them is refused", () => {
  const shared = parseDefinition(
    "a.yaml",
    "dashboard_id: a\nlayout:\n  brand: &b { series: ['#ffffff'] }\n  panels: []\n",
  );
  assert.equal(shared.problems, []);
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [at, name] of [..."bcdefgh"].entries()) {
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[at]}`).join(", ")}]`);
  }
  const refused = parseDefinition("a.yaml", `${bomb.join("\n")}\n`);
  assert.match(refused.problems[0]!.description, "too many aliases");
});

test("in folders what is no definition is passed by, and a dashboard that two files define is a problem", async () => {
  const mixed = folderOf({
    "a.yaml": orders,
    "b.yml": orders,
    "definition.schema.json": "{}",
    "notes.txt": "",
    "package.json": "{}",
  });
  mkdirSync(join(mixed, "node_modules"));
  mkdirSync(join(mixed, "more"));
  writeFileSync(join(mixed, "node_modules/x.json"), stock);
  writeFileSync(join(mixed, "more/stock.json"), stock);
  const found = await findFiles([mixed, join(mixed, "a.yaml")]);
  assert.equal(
    found.map(({ path }) => path.slice(mixed.length + 1)),
    ["a.yaml", "b.yml", "more/stock.json", "package.json"],
  );
  const { code, out, err } = await run(["validate", "--offline", mixed]);
  assert.is(code, 1);
  assert.is(out, `${mixed}/b.yml:2:1: dashboard_id: is that of ${mixed}/a.yaml, too: each dashboard has one file\n`);
  assert.match(err, "package.json is passed by");
  rmSync(mixed, { recursive: true });
});

test("a definition that is written as YAML or JSON is the same when it is read, for each one of the demo", async () => {
  const files = await findFiles([join(projectDir, "demo/dashboards"), folder]);
  assert.ok(files.length > 5);
  for (const { path } of files) {
    const { definition } = parseDefinition(path, readFileSync(path, "utf8"));
    const json = definitionToJson(definition!);
    const yaml = definitionToYaml(definition!);
    const again = parseDefinition(path, yaml);
    assert.equal([path, again.problems, definitionToJson(again.definition!)], [path, [], json]);
    assert.is(definitionToYaml(again.definition!), yaml);
    const asJson = parseDefinition(path, definitionToFileJson(definition!));
    assert.is(definitionToJson(asJson.definition!), json);
  }
});

test("small lists and objects stand in one line, and texts of several lines as they are", () => {
  const { definition } = parseDefinition("a.yaml", orders);
  const yaml = definitionToYaml(definition!);
  assert.match(yaml, /^dashboard_id: orders\nlayout:\n {2}title: Orders\n/);
  assert.match(yaml, "- [ 2026-01-01, IN, 10 ]");
  const text = parseDefinition(
    "a.json",
    JSON.stringify({ ...JSON.parse(stock), layout: { panels: [{ text: { markdown: "a\nb\n" } }] } }),
  );
  assert.match(definitionToYaml(text.definition!), "markdown: |\n");
});

test("the schema is printed, or written to a file", async () => {
  const file = join(projectDir, "gen/definition.schema.json");
  if (!existsSync(file)) return assert.unreachable("gen/definition.schema.json is missing");
  const printed = await run(["schema"]);
  assert.is(printed.out, readFileSync(file, "utf8"));
  const out = join(folder, "definition.schema.json");
  assert.equal(await run(["schema", out]), { code: 0, out: `${out}\n`, err: "" });
  assert.is(readFileSync(out, "utf8"), printed.out);
  rmSync(out);
});

test("wrong usage is told, with code 2, and as JSON where that is asked for", async () => {
  const cases: [args: string[], message: string | RegExp][] = [
    [[], "no command was given"],
    [["pusch"], "unknown command 'pusch' (Did you mean push?); see dashboards --help"],
    [["push"], /missing required argument.*; see dashboards push --help/],
    [["push", "--forze", folder], /unknown option.*\n?.*--force/],
    [["validate", "--offline", join(folder, "none.yaml")], "none.yaml is not there"],
    [["validate", "--offline", bad, "--url"], "--url"],
    [["validate", "--url", "ftp://a.test", folder], "--url"],
    [["push", "--if-version", "x", folder], "--if-version takes a whole number"],
    [["share", "orders"], "--expires-in"],
    [["share", "orders", "--expires-in", "1y"], "--expires-in takes a time such as 7d"],
    [["share", "orders", "--expires-in", "1h", "--filter", "region"], "--filter takes name=value"],
    [["render", "orders", "--format", "pdf"], "html, png, csv, json"],
    [["render", "orders", "--format", "csv"], "give --panel"],
    [["render", "orders", "--watch"], "--watch goes with a file"],
    [["render", join(folder, "orders.yaml"), "--format", "png"], "push it"],
    [["render", "orders", "--token", "a canary"], "is no access token"],
    [["render", "orders"], "there is no access token: set DASHBOARDS_TOKEN"],
    [["token", "--tenant", "a b"], "--tenant must be"],
    [["migrate"], "set DATABASE_MIGRATE_URL"],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await run(args, { env: { DATA_DIR: folder } });
    assert.equal([args, code, out], [args, 2, ""]);
    assert.match(err, message);
    assert.not.match(err, "a canary");
  }
  const { code, err } = await run(["share", "orders", "--expires-in", "1y", "--json"]);
  const [line] = jsonLines(err);
  assert.equal([code, (line!.error as { exit_code: number }).exit_code], [2, 2]);
});

test("each command has help with examples", async () => {
  const { code, out } = await run(["--help"]);
  assert.is(code, 0);
  const commands = [...out.matchAll(/^ {2}([a-z]+) /gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== "dashboards");
  assert.equal(commands.toSorted(), [
    "diff",
    "migrate",
    "open",
    "publish",
    "pull",
    "push",
    "render",
    "schema",
    "serve",
    "share",
    "token",
    "validate",
  ]);
  for (const name of commands) {
    const help = await run([name, "--help"]);
    assert.equal([name, help.code, help.err], [name, 0, ""]);
    assert.match(help.out, `Examples:\n  $ `);
  }
});

test("the release is told, and a version of render's is its own", async () => {
  assert.equal(await run(["--version"]), { code: 0, out: `${releaseVersion()}\n`, err: "" });
  const { code, err } = await run(["render", "orders", "--version", "x"]);
  assert.is(code, 2);
  assert.match(err, "--version takes a whole number");
});

test("a token is that of npm run token, and its key is made where there is none", async () => {
  const env = { DATA_DIR: join(folder, "data") };
  const { code, out } = await run(["token", "--tenant", "acme", "--expires-in", "2h"], { env });
  assert.is(code, 0);
  const { tenant, iat, exp } = decodeJwt(out.trim());
  assert.equal([tenant, exp! - iat!], ["acme", 7_200]);
  const production = await run(["token", "--tenant", "acme"], { env: { ...env, NODE_ENV: "production" } });
  assert.equal([production.code, production.out], [2, ""]);
});

test("calls that come too fast wait as long as they are told, but not for ever", async () => {
  const error = { code: "rate_limited", reason: "RATE_LIMITED", message: "wait", details: [], requestId: "r" } as const;
  let calls = 0;
  const soon = async () => {
    calls += 1;
    return calls < 4 ? ({ ok: false, error: { ...error, retryAfterS: 0.01 } } as const) : fine;
  };
  const fine = { ok: true, value: "done", requestId: "r" } as const;
  assert.is(await ask(soon), "done");
  assert.is(calls, 4);
  const late = async () => ({ ok: false, error: { ...error, retryAfterS: 3_600 } }) as const;
  const refused = (await ask(late).catch((thrown: unknown) => thrown)) as CliError;
  assert.equal([refused.code, refused.reason], [3, "RATE_LIMITED"]);
});

test("a service that is not there is code 4, and no token is sent without encryption unsaid", async () => {
  const env = { DASHBOARDS_TOKEN: "canary-token", DASHBOARDS_URL: "http://127.0.0.1:9" };
  const { code, out, err } = await run(["open", "orders", "--print"], { env });
  assert.equal([code, out], [4, ""]);
  assert.not.match(err, "canary-token");
});

test.run();
