import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { folderOf, orders, stock, wrong } from "./definitions.ts";
import { jsonLines, run as runAny } from "./run-cli.ts";

/** What the command does with a service: one test after the other, on one tenant's dashboards. */
const test = suite("the command dashboards, with a service");

const service = await startTestService();
const folder = folderOf({ "orders.yaml": orders, "stock.json": stock });
const file = join(folder, "orders.yaml");
const env = { DASHBOARDS_URL: service.url, DASHBOARDS_TOKEN: await service.token({}) };

const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  runAny(args, { env: { ...env, ...more } });
const resultsOf = async (args: readonly string[]) => jsonLines((await run([...args, "--json"])).out);
/** Gives the panel of the dashboard another title. */
const retitle = (title: string) => writeFileSync(file, orders.replace("Orders a day", title));

test.after(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});

test("validate asks the service, and tells problems at their places", async () => {
  assert.equal(await run(["validate", folder]), { code: 0, out: "", err: "2 definitions: no problems\n" });
  const bad = folderOf({ "wrong.yaml": wrong.replace("title: 5", "title: Orders").replace("datasorce", "datasource") });
  const { code, out } = await run(["validate", bad]);
  assert.is(code, 1);
  assert.match(out, /^\S+wrong\.yaml:4:21: filters\[0\]\.type: /);
  rmSync(bad, { recursive: true });
});

test("diff tells what is new, and that is a difference", async () => {
  const { code, out } = await run(["diff", file]);
  assert.is(code, 1);
  assert.match(out, `--- /dev/null\n+++ ${file}\n@@ `);
  assert.match(out, "\n+dashboard_id: orders\n");
});

test("push tells what it would do, does it, and saves nothing that is saved already", async () => {
  const dry = await run(["push", folder, "--dry-run"]);
  assert.equal(
    [dry.code, dry.out],
    [0, `${file}: would be created\n${join(folder, "stock.json")}: would be created\n`],
  );
  assert.is((await run(["diff", file])).code, 1);

  const pushed = await run(["push", folder, "--note", "First cut"]);
  assert.equal(pushed, {
    code: 0,
    out: `${file}: created, version 1\n${join(folder, "stock.json")}: created, version 1\n`,
    err: "",
  });
  const again = await run(["push", folder]);
  assert.equal([again.code, again.out], [0, `${file}: unchanged\n${join(folder, "stock.json")}: unchanged\n`]);
  assert.equal(await run(["diff", folder]), { code: 0, out: "", err: "" });
});

test("diff shows the lines that are another, in colour on a terminal only, and not where NO_COLOR is set", async () => {
  retitle("Orders by day");
  const { code, out, err } = await run(["diff", folder]);
  assert.equal([code, err], [1, ""]);
  assert.match(out, `--- orders (version 1)\n+++ ${file}\n`);
  assert.match(out, /\n-.*Orders a day\n\+.*Orders by day\n/);
  assert.not.match(out, "\x1b");
  const coloured = await runAny(["diff", file], { env, isTerminal: true });
  assert.match(coloured.out, "\x1b[32m+");
  const plain = await runAny(["diff", file], { env: { ...env, NO_COLOR: "1" }, isTerminal: true });
  assert.is(plain.out, out);
  const [changed, unchanged] = await resultsOf(["diff", folder]);
  assert.equal([changed!.status, unchanged!.status], ["changed", "unchanged"]);
});

test("push of several goes on after one that fails, and lists it at the end with its place", async () => {
  writeFileSync(join(folder, "a_wrong.yaml"), wrong.replace("dashboard_id: orders", "dashboard_id: wrong"));
  const { code, out, err } = await run(["push", folder]);
  assert.equal([code, out], [1, `${file}: updated, version 2\n${join(folder, "stock.json")}: unchanged\n`]);
  assert.match(err, /a_wrong\.yaml:9:7: layout\.panels\[0\]\.datasorce: /);
  assert.match(err, "1 not saved\n");

  // What only the service finds has its place, too.
  const refused = wrong.replace("title: 5", "title: Orders").replace("datasorce", "datasource");
  writeFileSync(join(folder, "a_wrong.yaml"), refused.replace("dashboard_id: orders", "dashboard_id: wrong"));
  const [line] = await resultsOf(["push", folder]);
  assert.is(line!.status, "failed");
  const problems = line!.problems as { field: string; line: number }[];
  assert.ok(problems.some(({ field, line: at }) => field === "filters[0].type" && at === 4));
  rmSync(join(folder, "a_wrong.yaml"));
});

test("push saves over the version that it was told of only, unless it is forced", async () => {
  retitle("Orders each day");
  const stale = await run(["push", file, "--if-version", "1"]);
  assert.equal([stale.code, stale.out], [3, ""]);
  assert.match(stale.err, "version 1 is not the active one any more");
  assert.match(stale.err, "STALE_VERSION");
  assert.match((await run(["push", file, "--if-version", "2"])).out, "updated, version 3");
  assert.is((await run(["push", folder, "--if-version", "2"])).code, 2);
});

test("what somebody saves while a push is under way is not saved over, unless that is forced", async () => {
  const meanwhile = (title: string) => service.save("acme", { dashboard_id: "orders", layout: { title } });
  // It saves another version just before it passes a save on.
  const proxy = createServer(async (request, response) => {
    const body = await buffer(request);
    if (request.url!.endsWith("/SaveDefinition")) await meanwhile(`Theirs ${performance.now()}`);
    const headers = Object.entries(request.headers).filter(
      ([name]) => !/^(host|connection|content-length|expect)$/.test(name),
    );
    const answer = await fetch(service.url + request.url, {
      method: "POST",
      headers: headers as [string, string][],
      body,
    });
    const type = answer.headers.get("content-type")!;
    response.writeHead(answer.status, { "content-type": type }).end(Buffer.from(await answer.arrayBuffer()));
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const slow = { DASHBOARDS_URL: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  retitle("Of a race");
  const { code, out, err } = await run(["push", file], slow);
  assert.equal([code, out], [3, ""]);
  assert.match(err, "somebody saved it meanwhile");
  assert.is((await run(["push", file, "--force"], slow)).code, 0);
  assert.is((await run(["diff", file])).code, 0);
  proxy.close().closeAllConnections();
});

test("an archived dashboard is brought back by force only", async () => {
  const { DASHBOARDS_TOKEN: token } = env;
  await fetch(`${service.api}/definitions/stock`, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
  const path = join(folder, "stock.json");
  const { code, err } = await run(["push", path]);
  assert.is(code, 3);
  assert.match(err, "archived");
  assert.is((await run(["push", path, "--force"])).code, 0);
});

test("pull writes everything with the schema beside it, and what it wrote is what was saved", async () => {
  const to = join(folder, "pulled");
  const { code, out, err } = await run(["pull", "--to", to]);
  assert.equal([code, err], [0, ""]);
  assert.match(out, `${join(to, "orders.yaml")}: created, version 6\n`);
  assert.equal(readdirSync(to).toSorted(), ["definition.schema.json", "orders.yaml", "stock.yaml"]);
  assert.match(
    readFileSync(join(to, "orders.yaml"), "utf8"),
    /^# yaml-language-server: \$schema=definition\.schema\.json\n/,
  );
  assert.is((await run(["diff", to])).code, 0);
  assert.match((await run(["pull", "orders", "--to", to])).out, "orders.yaml: unchanged");
});

test("pull takes what is new, but nobody's changes: these stay unless it is forced", async () => {
  const to = join(folder, "pulled");
  const pulled = join(to, "orders.yaml");
  retitle("Orders per day");
  await run(["push", file]);
  assert.match((await run(["pull", "orders", "--to", to])).out, "orders.yaml: updated, version 7");
  assert.match(readFileSync(pulled, "utf8"), "Orders per day");

  for (const [from, change] of [
    ["Orders per day", "Mine"],
    ["layout:", "# Mine.\nlayout:"],
  ] as const) {
    const before = readFileSync(pulled, "utf8");
    retitle(`Theirs ${change.length}`);
    await run(["push", file]);
    writeFileSync(pulled, before.replace(from, change));
    const mine = readFileSync(pulled, "utf8");
    const { code, err } = await run(["pull", "orders", "--to", to]);
    assert.is(code, 1, from);
    assert.match(err, "has changes of its own");
    assert.is(readFileSync(pulled, "utf8"), mine);
    assert.is((await run(["pull", "orders", "--to", to, "--force"])).code, 0);
    assert.not.match(readFileSync(pulled, "utf8"), "Mine");
  }
  const none = await run(["pull", "none", "--to", to]);
  assert.equal([none.code, none.out], [3, ""]);
  rmSync(to, { recursive: true });
});

test("pull writes to the file that defines the dashboard already, and over no other dashboard's", async () => {
  const to = folderOf({ "mine.json": stock, "orders.yaml": stock.replace('"stock"', '"other"') });
  assert.match((await run(["pull", "stock", "--to", to])).out, "mine.json: unchanged");
  const { code, err } = await run(["pull", "orders", "--to", to, "--force"]);
  assert.is(code, 2);
  assert.match(err, "defines the dashboard other");
  rmSync(to, { recursive: true });
});

test("a draft is pushed, compared, pulled and published", async () => {
  retitle("Orders in draft");
  const drafted = await run(["push", file, "--draft", "--note", "A draft"]);
  assert.equal([drafted.code, drafted.out], [0, `${file}: updated, revision 1\n`]);
  assert.match((await run(["push", file, "--draft"])).out, "unchanged");
  assert.equal([(await run(["diff", file])).code, (await run(["diff", file, "--draft"])).code], [1, 0]);
  const to = join(folder, "drafts");
  await run(["pull", "orders", "--to", to, "--draft"]);
  assert.match(readFileSync(join(to, "orders.yaml"), "utf8"), "Orders in draft");
  rmSync(to, { recursive: true });

  const plan = await run(["publish", "orders", "--dry-run"]);
  assert.is(plan.code, 0);
  assert.match(plan.out, /~ changed \S+ \(Orders in draft\): .*title/);
  assert.match(plan.out, /to publish exactly this: dashboards publish orders --if-version \d+ --if-revision 1\n/);
  assert.is((await run(["diff", file])).code, 1, "nothing is published yet");

  const stale = await run(["publish", "orders", "--if-version", "1"]);
  assert.equal([stale.code, stale.out], [3, ""]);
  const { code, out } = await run(["publish", "orders"]);
  assert.is(code, 0);
  assert.match(out, /^orders: version \d+ is active\n$/);
  assert.is((await run(["diff", file])).code, 0);
});

test("render gives a complete page, or the bare fragment, of what is saved, with filters by their types", async () => {
  const page = await run(["render", "orders", "--filter", "region=IN"]);
  assert.is(page.code, 0);
  assert.match(page.out, /^<!doctype html>\n<html lang="en">/);
  assert.match(page.out, /<link rel="stylesheet" href="[^"]+" integrity="sha384-[^"]+" crossorigin="anonymous">/);
  assert.match(page.out, /<script defer src="[^"]+" integrity="sha384-[^"]+" crossorigin="anonymous"><\/script>/);
  assert.match(page.out, '<div class="dj ');
  const out = join(folder, "page.html");
  assert.equal(await run(["render", "orders", "--fragment", "--out", out]), { code: 0, out: `${out}\n`, err: "" });
  assert.match(readFileSync(out, "utf8"), /^<div class="dj /);
  const wrongFilter = await run(["render", "orders", "--filter", "region=XX"]);
  assert.equal([wrongFilter.code, wrongFilter.out], [3, ""]);
  assert.match(wrongFilter.err, /INVALID_FILTER[\s\S]*region/);
  assert.is((await run(["render", "orders", "--filter", 'region="IN"'])).code, 0);
});

test("render gives the rows of a panel, and a picture, which is no text for a terminal", async () => {
  const csv = await run(["render", "orders", "--format", "csv", "--panel", "by_day", "--filter", "region=US"]);
  assert.equal([csv.code, csv.err], [0, ""]);
  assert.match(csv.out, /^\S*day,region,orders\r?\n2026-01-01\S*,US,20\r?\n$/);
  const out = join(folder, "page.png");
  assert.is((await run(["render", "orders", "--format", "png", "--out", out])).code, 0);
  assert.is(readFileSync(out).subarray(1, 4).toString(), "PNG");
  assert.is((await runAny(["render", "orders", "--format", "png"], { env, isTerminal: true })).code, 2);
});

test("share prints the address alone, and open an address of an hour", async () => {
  const { code, out, err } = await run(["share", "orders", "--expires-in", "2h", "--viewer-filter", "region"]);
  assert.is(code, 0);
  assert.match(out, /^https:\/\/links\.test\/s\/\S+\n$/);
  assert.match(err, /^it works until 20/);
  const [link] = await resultsOf(["share", "orders", "--expires-in", "90m", "--filter", "region=IN"]);
  assert.equal(Object.keys(link!).toSorted(), ["expires_at", "share_id", "url"]);

  // What opens addresses is found by PATH.
  const bin = folderOf({});
  writeFileSync(join(bin, "xdg-open"), `#!/bin/sh\necho "$1" > ${join(bin, "opened")}\n`, { mode: 0o755 });
  const opened = await run(["open", "orders", "--json"], { PATH: `${bin}:/bin` });
  const [first] = jsonLines(opened.out);
  const { expires_at: expiresAt, url } = first as { expires_at: string; url: string };
  assert.ok(Math.abs(Date.parse(expiresAt) - Date.now() - 3_600_000) < 60_000);
  const readOpened = () => readFileSync(join(bin, "opened"), "utf8").trim();
  const isOpened = () => readdirSync(bin).includes("opened") && readOpened() !== "";
  for (let tries = 0; !isOpened() && tries < 1_000; tries += 1) await sleep(10);
  assert.is(readOpened(), url);
  const none = await run(["open", "orders"], { PATH: folder });
  assert.is(none.code, 0);
  assert.match(none.err, "open the address yourself");
  rmSync(bin, { recursive: true });
});

test("what the service refuses is code 3, with its reason and the request's id, also as JSON", async () => {
  const { code, out, err } = await run(["render", "none", "--json"]);
  assert.equal([code, out], [3, ""]);
  const { error } = jsonLines(err)[0] as { error: Record<string, unknown> };
  assert.equal([error.reason, error.exit_code], ["NOT_FOUND", 3]);
  assert.type(error.request_id, "string");
  const token = await run(["push", folder], { DASHBOARDS_TOKEN: "no.such.token" });
  assert.is(token.code, 3);
  assert.match(token.err, "UNAUTHENTICATED");
  assert.match(token.err, "the other 1 would fail in the same way");
  assert.not.match(token.err, "no.such.token");
});

test("against a service under development on this machine a token is made, and that is said", async () => {
  const own = { DASHBOARDS_URL: service.url, DATA_DIR: dirname(service.filesDir) };
  const { code, err } = await runAny(["diff", file, "--tenant", "acme"], { env: own });
  assert.is(code, 0);
  assert.match(err, "note: no token was given: using one of the service under development here, for the tenant acme");
  assert.not.match(err, /eyJ/);
  assert.is((await runAny(["diff", file], { env: own })).code, 1, "the tenant demo has no such dashboard");
});

test.run();
