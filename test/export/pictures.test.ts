import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as assert from "uvu/assert";
import { reasonOf } from "../../src/errors/answer.ts";
import { fault } from "../../src/errors/fault.ts";
import { createPictures, pictureLimits } from "../../src/export/pictures.ts";
import { suite } from "../harness.ts";
import { readPng } from "./read-png.ts";

/** The worker that draws pictures, and what becomes of it. */
const test = suite("export: the worker");

const folder = mkdtempSync(join(tmpdir(), "pictures-"));
test.after(() => rmSync(folder, { recursive: true }));

/** Writes a worker that does something else. `task` is what it is told. */
function script(name: string, body: string): URL {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(
    file,
    `import { parentPort, threadId } from "node:worker_threads";
     const reply = (text) => { const png = new TextEncoder().encode(text).buffer; parentPort.postMessage({ png }, [png]); };
     parentPort.on("message", (task) => { ${body} });`,
  );
  return pathToFileURL(file);
}

const wanted = (html: string) => ({ html, panel: "", widthPx: 400, scale: 1 });
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const reason = (promise: Promise<unknown>) => promise.then(() => "none", reasonOf);
const sayThread =
  'if (task.html === "hang") for (;;); if (task.html === "die") process.exit(1); if (task.html === "throw") throw new Error("no"); reply(String(threadId));';

test("the real one draws, and is the same for the next picture", async () => {
  const pictures = createPictures();
  const fragment =
    '<div class="dj dj-dark"><section class="dj-panel dj-w8 dj-h4"><p class="dj-foot">Words</p></section></div>';
  const [first, second] = await Promise.all([
    pictures.draw("a", wanted(fragment)),
    pictures.draw("b", wanted(fragment)),
  ]);
  assert.equal(first, second);
  const pixels = readPng(first);
  assert.is(pixels.width, 400);
  assert.is(pixels.at(2, 2), "#0a0b0e");
  const large = { html: '<div class="dj"></div>'.padEnd(10), panel: "", widthPx: 2400, scale: 3 };
  const small = createPictures({ limits: { ...pictureLimits, maxPixels: 1_000 } });
  assert.is(await reason(small.draw("a", large)), "INVALID_REQUEST");
  const line = `<svg class="dj-spark" viewBox="0 0 9 9"><path class="dj-line" d="M0 0${"l9 9-9-9".repeat(500)}"/></svg>`;
  const long = wanted(fragment.replace(/<p.*<\/p>/, line));
  const brief = createPictures({ limits: { ...pictureLimits, maxLinesPx: 1_000 } });
  assert.is(await reason(brief.draw("a", long)), "INVALID_REQUEST");
  assert.ok((await pictures.draw("a", long)).byteLength > 1_000);
  await Promise.all([pictures.close(), small.close(), brief.close()]);
});

test("a worker that hangs, dies or throws is replaced, and the next picture is drawn", async () => {
  const pictures = createPictures({ limits: { ...pictureLimits, timeoutMs: 500 }, script: script("odd", sayThread) });
  const first = text(await pictures.draw("a", wanted("")));
  assert.is(text(await pictures.draw("a", wanted(""))), first, "it is kept while it does well");
  const seen = [first];
  for (const [html, expected] of [
    ["hang", "DEADLINE_EXCEEDED"],
    ["die", "INTERNAL"],
    ["throw", "INTERNAL"],
  ] as const) {
    assert.is(await reason(pictures.draw("a", wanted(html))), expected, html);
    seen.push(text(await pictures.draw("a", wanted(""))));
  }
  assert.is(new Set(seen).size, 4);
  await pictures.close();
});

test("it is ended after so many pictures, and after a while without any", async () => {
  const limits = { ...pictureLimits, perWorker: 2, idleMs: 50 };
  const pictures = createPictures({ limits, script: script("count", sayThread) });
  const seen = [];
  for (let index = 0; index < 4; index += 1) seen.push(text(await pictures.draw("a", wanted(""))));
  assert.equal([seen[0] === seen[1], seen[1] === seen[2], seen[2] === seen[3]], [true, false, true]);
  const one = text(await pictures.draw("a", wanted("")));
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.is.not(text(await pictures.draw("a", wanted(""))), one);
  await pictures.close();
});

test("one that has ended by itself between two pictures is replaced", async () => {
  const ends = script("ends", "reply(String(threadId)); setTimeout(() => process.exit(0), 20);");
  const pictures = createPictures({ limits: { ...pictureLimits, timeoutMs: 2_000 }, script: ends });
  const first = text(await pictures.draw("a", wanted("")));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const second = await pictures.draw("a", wanted("")).then(text, reasonOf);
  assert.match(second ?? "", /^\d+$/);
  assert.is.not(second, first);
  await pictures.close();
});

test("a tenant that asks for one after another keeps nobody waiting for more than the one that is drawn", async () => {
  const slow = script("slow-queue", "setTimeout(() => reply(task.html), 100);");
  const pictures = createPictures({ script: slow });
  const order: string[] = [];
  const draw = (tenant: string, name: string) => pictures.draw(tenant, wanted(name)).then(() => order.push(name));
  await Promise.all([draw("a", "1"), draw("a", "2"), draw("a", "3"), draw("a", "4"), draw("b", "other")]);
  assert.equal(order, ["1", "other", "2", "3", "4"]);
  await pictures.close();
});

test("only so many wait, of one tenant fewer, and who has left is not drawn for", async () => {
  const slow = script("slow", "setTimeout(() => reply(task.html), 200);");
  const pictures = createPictures({
    limits: { ...pictureLimits, maxWaiting: 3, maxWaitingPerTenant: 2 },
    script: slow,
  });
  const leaving = new AbortController();
  const drawn = ["a", "a", "a", "a"].map((tenant, index) =>
    pictures.draw(tenant, wanted(`${index}`), index === 2 ? leaving.signal : undefined).then(text, reasonOf),
  );
  const other = pictures.draw("b", wanted("b")).then(text, reasonOf);
  const full = pictures.draw("c", wanted("c")).then(text, reasonOf);
  leaving.abort(fault("CANCELED", "left"));
  assert.equal(await Promise.all([...drawn, other, full]), ["0", "1", "CANCELED", "OVERLOADED", "b", "OVERLOADED"]);
  await pictures.close();
});

test("a worker knows nothing of the service's settings", async () => {
  process.env.A_SECRET = "s3cret";
  const pictures = createPictures({ script: script("env", "reply(JSON.stringify(process.env));") });
  assert.is(text(await pictures.draw("a", wanted(""))), "{}");
  delete process.env.A_SECRET;
  await pictures.close();
});

test.run();
