import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import * as assert from "uvu/assert";
import { ErrorInfoSchema } from "../../client/gen/google/rpc/error_details_pb.js";
import {
  DashboardsService,
  ListDefinitionsResponseSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { ask } from "../../src/cli/ask.ts";
import { toPlainJson, toPlainText } from "../../src/cli/plain-text.ts";
import { writeWhole } from "../../src/cli/write-file.ts";
import { suite } from "../harness.ts";
import { run as runAny } from "./run-cli.ts";

/** What the command makes of a service that means harm, and of folders where others may write. */
const test = suite("the command dashboards, among enemies");

/** It clears the screen, sets the title and turns words around. */
const steering = "\u001b[2J\u001b]0;owned\u0007\u009b31m\u202egnp\u2069\r";
const controls = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

let listed: readonly string[] = [];
const refusal = () =>
  new ConnectError(`no ${steering}`, Code.InvalidArgument, undefined, [
    { desc: ErrorInfoSchema, value: { reason: `ODD${steering}`, domain: "d" } },
  ]);
const server = createServer(
  connectNodeAdapter({
    routes: ({ service }) =>
      void service(DashboardsService, {
        listDefinitions: () =>
          create(ListDefinitionsResponseSchema, {
            definitions: listed.map((dashboardId) => ({ dashboardId, status: "active" })),
          }),
        getDefinition: () => ({
          version: 1,
          status: "active",
          digest: "0",
          definition: { dashboardId: "other", layout: { title: steering } },
        }),
        share: () => ({ shareId: "s", url: `file:///etc/passwd${steering}`, expiresAt: { seconds: 1n } }),
        render: () => ({ html: `<p>${steering}</p>`, panels: [{ id: steering, error: "source_failed" }] }),
        export: () => {
          throw refusal();
        },
      }),
  }),
).listen(0, "127.0.0.1");
await once(server, "listening");
const folder = mkdtempSync(join(tmpdir(), "enemies-"));
const env = {
  DASHBOARDS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  DASHBOARDS_TOKEN: "a.b.c",
  PATH: folder,
};
const run = (args: readonly string[], isTerminal = true) => runAny(args, { env, isTerminal });

test.after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

test("what a service calls its dashboards leads to no file outside the folder", async () => {
  const inner = join(folder, "inner");
  for (const id of ["../evil", "a/b", "", ".hidden", "/tmp/x", "a\u0000b", "x".repeat(129)]) {
    listed = [id];
    const { code, err } = await run(["pull", "--to", inner]);
    assert.is(code, 2, JSON.stringify(id));
    assert.match(err, "is no dashboard's id");
  }
  assert.equal(readdirSync(folder), []);
  assert.not.ok(existsSync(join(folder, "evil.yaml")));
});

test("another dashboard than the one that was asked for is not written", async () => {
  const { code, err } = await run(["pull", "--to", join(folder, "inner"), "orders"]);
  assert.is.not(code, 0);
  assert.match(err, "another dashboard");
  assert.not.ok(existsSync(join(folder, "inner", "orders.yaml")));
});

test("nothing that a service says steers the terminal, in words or in JSON", async () => {
  const commands = [
    ["render", "x"],
    ["render", "x", "--format", "csv", "--panel", "p"],
    ["share", "x", "--expires-in", "1h"],
    ["diff", join(folder, "x.yaml")],
  ];
  writeFileSync(join(folder, "x.yaml"), "dashboard_id: x\nlayout: { title: x }\n");
  for (const command of commands) {
    for (const more of [[], ["--json"]]) {
      const { out, err } = await run([...command, ...more]);
      // Its own colours are for the terminal.
      const own = new RegExp(`${String.fromCodePoint(0x1b)}\\[(?:1|2|22|31|32|33|36|39)m`, "g");
      const shown = `${out}${err}`.replace(own, "").replace(/[\n\t]/g, "");
      assert.ok(shown.length > 0, command.join(" "));
      assert.not.match(shown, controls, command.join(" "));
    }
  }
  const value = { [steering]: steering };
  assert.equal(JSON.parse(toPlainJson(value)), value);
  assert.is(toPlainText("a\tb\nc é 漢"), "a\tb\nc é 漢");
});

test("only a link as the service makes them is given to the system to open", async () => {
  const opened = join(folder, "opened");
  writeFileSync(join(folder, "xdg-open"), `#!/bin/sh\necho "$1" > ${opened}\n`, { mode: 0o755 });
  const { err } = await run(["open", "x"]);
  await sleep(200);
  assert.not.ok(existsSync(opened));
  assert.match(err, "no browser could be opened");
});

test("who says to come back at once is not asked again and again", async () => {
  let calls = 0;
  const error = { code: "rate_limited", reason: "RATE_LIMITED", message: "m", details: [], requestId: "r" } as const;
  const answer = ask(async () => {
    calls += 1;
    return calls < 3 ? { ok: false, error: { ...error, retryAfterS: -5 } } : { ok: true, value: calls, requestId: "r" };
  });
  await sleep(200);
  assert.is(calls, 1);
  assert.is(await answer, 3);
});

test("a file is not written through a link that somebody has put in the way", async () => {
  const [path, victim] = [join(folder, "page.html"), join(folder, "victim")];
  mkdirSync(folder, { recursive: true });
  writeFileSync(victim, "theirs");
  symlinkSync(victim, `${path}.${process.pid}.tmp`);
  await writeWhole(path, "ours").catch(() => {});
  assert.is(readFileSync(victim, "utf8"), "theirs");
  await writeWhole(path, "ours");
  assert.is(readFileSync(path, "utf8"), "ours");
});

test.run();
