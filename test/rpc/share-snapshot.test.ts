import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import { parseSnapshot, type Snapshot, snapshotToBytes } from "../../src/rpc/snapshot-bytes.ts";
import { createSnapshotPage } from "../../src/rpc/snapshot-page.ts";
import { startWebService } from "../contract/upstreams.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";

const test = suite("links that show for ever what they showed first");

/** Says another number each time, and nothing at all when it is told so. */
const world = { asked: 0, down: false };
const web = await startWebService((_, response) => {
  world.asked += 1;
  if (world.down) return response.writeHead(503).end();
  const rows = ["IN", "US"].map((region) => ({ region, n: `${region}${world.asked}.` }));
  return response.setHeader("content-type", "application/json").end(JSON.stringify({ rows }));
});
const service = await startTestService({ ALLOWED_HOSTS: `127.0.0.1:${web.port}` });
test.after(async () => {
  await service.close();
  await web.close();
});

const countsAt = (path: string): JsonObject => ({
  ...{ id: "counts", ttl_s: 1, max_stale_s: 0, http: { connection: "web", path, rows: "/rows" } },
});
const inline: JsonObject = { id: "in", inline: { columns: [{ name: "region" }], rows: [["IN"], ["US"]] } };
const dashboard = (id: string, title = id, more: JsonObject[] = [], path = "/counts"): JsonObject => ({
  dashboard_id: id,
  layout: { title, panels: [{ id: "counts", datasource: "counts", table: {} }, ...more] },
  datasources: [countsAt(path), inline],
});

const call = async (path: string, body: JsonObject, headers: Record<string, string> = {}) => {
  const answer = await service.post(path, body, headers);
  return { status: answer.status, json: (await answer.json()) as JsonObject };
};
const share = (id: string, more: JsonObject = {}, headers: Record<string, string> = {}) =>
  call("/share", { dashboard_id: id, expires_in_s: 300, snapshot: true, ...more }, headers);
const open = async (made: { json: JsonObject }, query = "") => {
  const page = await fetch(`${service.url}${new URL(String(made.json.url)).pathname}${query}`);
  return { status: page.status, headers: page.headers, text: await page.text() };
};
const fieldsOf = ({ json }: { json: JsonObject }) => (json.details as JsonObject[]).map(({ field }) => field);

test.before(async () => {
  const saved = await service.post("/connections", { name: "web", http: { url: `http://127.0.0.1:${web.port}` } });
  if (!saved.ok) throw new Error(await saved.text());
  await service.save("acme", dashboard("ops"));
});

test("it shows the same whatever becomes of data, definition and sources, and asks for nothing newer", async () => {
  const made = await share("ops", { frame_ancestors: ["https://a.test"] });
  assert.is(made.status, 200, JSON.stringify(made.json));
  const asked = world.asked;
  const first = await open(made);
  assert.is(first.status, 200);
  assert.match(first.text, `IN${asked}.`);
  const time = /<time datetime="\d{4}-[^"]+">[^<]* \d{4}, \d\d:\d\d/.source;
  assert.match(first.text, new RegExp(`<span>As of ${time}</time>`));
  assert.match(first.text, new RegExp(`A snapshot as of ${time} \\(UTC\\)</time>\\. View only`));
  assert.not.match(first.text, "cached for");
  assert.not.match(first.text, "data-self-refresh");
  const live = await open(await share("ops", { snapshot: false, frame_ancestors: ["https://a.test"] }));
  assert.match(live.text, "data-self-refresh");
  const policy = "content-security-policy";
  assert.is(first.headers.get(policy), live.headers.get(policy));
  await sleep(1_100);
  await service.save("acme", dashboard("ops", "Another title"));
  const later = world.asked;
  assert.is((await open(made, "?region=IN")).text, first.text);
  assert.is(world.asked, later, "no source is asked");
  world.down = true;
  assert.is((await open(made)).text, first.text);
  world.down = false;
});

test("a repetition is answered by the same link, and draws nothing", async () => {
  const key = { "x-request-id": "once" };
  const made = await share("ops", {}, key);
  await sleep(1_100);
  const { asked } = world;
  assert.equal(await share("ops", {}, key), made);
  assert.is(world.asked, asked);
  const other = await share("ops", { expires_in_s: 301 }, key);
  assert.is(other.json.reason, "REQUEST_ID_REUSED");
  await sleep(1_100);
  const before = world.asked;
  const twins = { "x-request-id": "twins" };
  const [one, two] = await Promise.all([share("ops", {}, twins), share("ops", {}, twins)]);
  assert.equal(one, two);
  assert.is(world.asked, before + 1);
});

test("a page that lacks something is not kept: it says which panels, and whether to try again", async () => {
  const lone: JsonObject = { id: "lone", datasource: "in", table: {} };
  await service.save("acme", dashboard("partial", "Partial", [lone], "/down"));
  world.down = true;
  const down = await share("partial");
  world.down = false;
  assert.equal([down.status, down.json.reason, ...fieldsOf(down)], [503, "DEPENDENCY_DOWN", "panels.counts"]);
  const odd: JsonObject = { id: "odd", datasource: "counts", line: { x: "region", y: ["none"] } };
  await service.save("acme", dashboard("odd", "Odd", [odd]));
  const wrong = await share("odd");
  assert.equal([wrong.status, wrong.json.reason, ...fieldsOf(wrong)], [400, "INVALID_DEFINITION", "panels.odd"]);
  const listed = await fetch(`${service.api}/shares?dashboard_id=partial`, {
    headers: { authorization: `Bearer ${await service.token({})}` },
  });
  assert.equal(((await listed.json()) as JsonObject).shares, []);
});

test("nobody can choose what has been settled", async () => {
  const refused = await share("ops", { viewer_filters: ["region"] });
  assert.equal([refused.status, refused.json.reason, ...fieldsOf(refused)], [400, "INVALID_REQUEST", "viewer_filters"]);
});

test("it keeps what its filters and its maker's token let through, and no more", async () => {
  await service.save("acme", {
    dashboard_id: "regions",
    layout: { panels: [{ id: "in", datasource: "in", table: {} }] },
    datasources: [inline],
  });
  const held = { authorization: `Bearer ${await service.token({ held: { region: "IN" } })}` };
  for (const made of [await share("regions", { filters: { region: "IN" } }), await share("regions", {}, held)]) {
    const { text } = await open(made);
    assert.match(text, ">IN<");
    assert.not.match(text, ">US<");
  }
  assert.is((await share("regions", { filters: { region: "US" } }, held)).json.reason, "INVALID_FILTER");
});

test("it is dead while its dashboard is archived, and for good when it is revoked", async () => {
  await service.save("acme", dashboard("dying"));
  const made = await share("dying");
  const { text } = await open(made);
  const authorization = `Bearer ${await service.token({})}`;
  const remove = (path: string) => fetch(`${service.api}${path}`, { method: "DELETE", headers: { authorization } });
  assert.is((await remove("/definitions/dying")).status, 200);
  assert.is((await open(made)).status, 404);
  await call("/definitions/dying:restore", {});
  assert.is((await open(made)).text, text);
  assert.is((await remove(`/shares/${made.json.share_id}`)).status, 200);
  assert.is((await open(made)).status, 404);
});

const kept: Snapshot = {
  html: '<div title="a\n">é 😀</div>\n',
  title: "Ops\n",
  presentation: { theme: "dark", locale: "de-DE", timezone: "Europe/Berlin" },
  asOfMs: 1_767_225_600_000,
  style: { path: "/assets/dashboard.0123456789abcdef.css", integrity: "sha384-x" },
};

test("what is kept is read as it was, and what is no snapshot is not read", async () => {
  assert.equal(await parseSnapshot(await snapshotToBytes(kept)), kept);
  for (const bytes of [new Uint8Array(), Buffer.from("{}\n"), gzipSync("no json"), gzipSync(Buffer.alloc(2 ** 25))]) {
    assert.ok((await parseSnapshot(bytes).catch((error: Error) => error)) instanceof Error);
  }
});

test("a page is read once, and keeps its style as long as that is served", async () => {
  const read: string[] = [];
  const bytes = await snapshotToBytes(kept);
  const pages = (served: boolean) =>
    createSnapshotPage({
      store: {
        async getSnapshot(_, id) {
          read.push(id);
          return id === "gone" ? undefined : bytes;
        },
      },
      cache: createByteCache({ maxBytes: 1_000_000, now: () => 1 }),
      renderer: { renderSharePage: ({ kept: made, fragment }) => `${made?.style.url} ${made?.asOfMs} ${fragment}` },
      assets: { origin: "https://a.test", style: { url: "https://a.test/today.css", integrity: "" } },
      isServed: () => served,
    });
  const page = pages(true);
  const share = { shareId: "s", expiresAtMs: 1 };
  const expected = `https://a.test${kept.style.path} ${kept.asOfMs} ${kept.html}`;
  for (let times = 0; times < 2; times += 1) assert.is(await page("acme", share), expected);
  assert.equal(read, ["s"]);
  assert.match(String(await pages(false)("acme", share)), /^https:\/\/a\.test\/today\.css /);
  for (let times = 0; times < 2; times += 1) assert.is(await page("acme", { ...share, shareId: "gone" }), undefined);
  assert.equal(read, ["s", "s", "gone", "gone"]);
});

test.run();
