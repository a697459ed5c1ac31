import { rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { folderOf, orders } from "./definitions.ts";
import { run } from "./run-cli.ts";

const test = suite("dashboards render of a file");

const service = await startTestService();
const folder = folderOf({ "orders.yaml": orders });
const file = join(folder, "orders.yaml");
const env = { DASHBOARDS_URL: service.url, DASHBOARDS_TOKEN: await service.token({}) };

test.after(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});

test("a file that was never saved is rendered to a page", async () => {
  const { code, out } = await run(["render", file, "--filter", "region=IN"], { env });
  assert.is(code, 0);
  assert.match(out, "<title>Orders</title>");
  assert.match(out, '<div class="dj ');
  assert.is((await run(["diff", file], { env })).code, 1, "nothing is saved");
});

test("problems of a file are told at their places, and nothing is rendered", async () => {
  const bad = folderOf({ "bad.yaml": orders.replace("datasource: orders", "datasource: none") });
  const { code, out, err } = await run(["render", join(bad, "bad.yaml")], { env });
  assert.equal([code, out], [1, ""]);
  assert.match(err, /bad\.yaml:9:7: layout\.panels\[0\]\.datasource: /);
  rmSync(bad, { recursive: true });
});

test("watched, it is served here, browsers are told of each save, and problems stand in the page", async () => {
  const { url, end } = await startWatch();
  const page = await read(url);
  assert.match(page, "<title>Orders</title>");
  assert.match(page, '<script defer src="/live.js"></script>');
  assert.match(await read(`${url}live.js`), 'new EventSource("/events")');

  const events = await fetch(`${url}events`);
  assert.is(events.headers.get("content-type"), "text/event-stream");
  const told = events.body!.pipeThrough(new TextDecoderStream()).getReader();
  const nextEvent = async () => {
    for (;;) {
      const { value } = await told.read();
      if (value === undefined || value.includes("data:")) return value ?? "";
    }
  };

  writeFileSync(file, orders.replace("title: Orders\n", "title: Orders & more\n"));
  assert.match(await nextEvent(), "data: changed");
  assert.match(await read(url), "<title>Orders &amp; more</title>");

  writeFileSync(file, orders.replace("datasource: orders", "datasorce: orders"));
  await nextEvent();
  const problems = await read(url);
  assert.match(problems, "<td>9:7</td><td><code>layout.panels[0].datasorce</code></td>");
  assert.match(problems, '<script defer src="/live.js"></script>');

  writeFileSync(file, orders);
  await nextEvent();
  assert.match(await read(url), "<title>Orders</title>");
  assert.is(await end(), 0);
});

test("the page is told to nobody who calls it by another name", async () => {
  const { url, end } = await startWatch();
  const status = await new Promise((resolve, reject) => {
    const { port } = new URL(url);
    httpRequest({ port, host: "127.0.0.1", headers: { host: "evil.test" } }, (response) => {
      resolve(response.resume().statusCode);
    })
      .once("error", reject)
      .end();
  });
  assert.is(status, 403);
  assert.is((await fetch(url, { method: "POST" })).status, 405);
  assert.is(await end(), 0);
});

/** Starts it, and resolves when it serves; `end` presses Ctrl-C, and resolves with the exit code. */
async function startWatch(): Promise<{ url: string; end: () => Promise<number> }> {
  const ending = new AbortController();
  const serving = Promise.withResolvers<string>();
  const ended = run(["render", file, "--watch"], { env, signal: ending.signal, onOut: serving.resolve });
  ended.then(({ err }) => serving.reject(new Error(err)));
  return {
    url: (await serving.promise).trim(),
    end: async () => {
      ending.abort();
      return (await ended).code;
    },
  };
}

async function read(url: string): Promise<string> {
  return (await fetch(url)).text();
}

test.run();
