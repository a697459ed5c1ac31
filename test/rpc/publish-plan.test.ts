import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";

const test = suite("dry runs of a publication");

const service = await startTestService();
test.after(service.close);

const region = { name: "region", type: "string" };
const plan = { name: "plan", type: "string" };
const orders = (columns: readonly string[] = ["region", "plan", "n"]): JsonObject => ({
  id: "orders",
  inline: { columns: columns.map((name) => ({ name })), rows: [columns.map((name) => name)] },
});
const table = (id: string, more: JsonObject = {}): JsonObject => ({
  id,
  title: id,
  datasource: "orders",
  table: {},
  ...more,
});
const content = (panels: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  layout: { title: "Orders", panels: [...panels] },
  filters: [region, plan],
  datasources: [orders()],
  ...more,
});

const call = async (path: string, body: JsonObject, headers: Record<string, string> = {}) => {
  const answer = await service.post(path, body, headers);
  return { status: answer.status, json: (await answer.json()) as JsonObject };
};
const save = async (dashboard_id: string, draft: boolean, body: JsonObject) =>
  assert.is((await call("/definitions", { dashboard_id, draft, ...body })).status, 200);
const dryRun = async (id: string, more: JsonObject = {}, headers: Record<string, string> = {}) =>
  call(`/definitions/${id}:publish`, { dry_run: true, ...more }, headers);
const planOf = async (id: string) => (await dryRun(id)).json.plan as JsonObject;
const share = async (dashboard_id: string, more: JsonObject) => {
  const { status, json } = await call("/share", { dashboard_id, expires_in_s: 300, ...more });
  assert.is(status, 200, JSON.stringify(json));
  return json;
};
const get = async (path: string) => {
  const headers = { authorization: `Bearer ${await service.token({})}` };
  return (await (await fetch(`${service.api}${path}`, { headers })).json()) as JsonObject;
};

test("it tells what would change, and what to send, and changes nothing", async () => {
  await save("ops", false, content([table("a"), table("b")]));
  await save("ops", true, content([table("c"), table("a", { note: "!" })]));
  const before = await get("/definitions/ops?draft=true");
  const { status, json } = await dryRun("ops", {}, { "x-request-id": "p-1" });
  assert.is(status, 200);
  assert.equal(json, {
    dashboard_id: "ops",
    status: "draft",
    version: 2,
    plan: {
      expected_version: 1,
      expected_revision: 1,
      panels: [
        { id: "c", title: "c", change: "added", fields: [] },
        { id: "a", title: "a", change: "changed", fields: ["note"] },
        { id: "b", title: "b", change: "removed", fields: [] },
      ],
      other_changes: [],
      unbound_filters: [],
      links: [],
      problems: [],
    },
  });
  assert.equal(await get("/definitions/ops?draft=true"), before);
  assert.is((await get("/definitions/ops")).version, 1);
  const published = await call(
    "/definitions/ops:publish",
    { expected_version: 1, expected_revision: 1 },
    { "x-request-id": "p-1" },
  );
  assert.equal([published.json.version, published.json.plan], [2, undefined], "its request id was free");
});

test("of what nothing was published of all is new, and of a draft that changes nothing there is no next version", async () => {
  await save("first", true, content([table("a")]));
  const { json } = await dryRun("first");
  const { expected_version, panels, other_changes } = json.plan as JsonObject;
  assert.equal([json.version, expected_version, (panels as JsonObject[]).length], [1, 0, 1]);
  assert.equal(other_changes, ["layout.title", "filters.region", "filters.plan"]);
  await call("/definitions/first:publish", {});
  await save("first", true, content([table("a")]));
  const same = await dryRun("first");
  assert.equal([same.json.version, (same.json.plan as JsonObject).panels], [1, []]);
});

test("it is refused as a publication is", async () => {
  const reasonOf = async (id: string, more: JsonObject = {}) => (await dryRun(id, more)).json.reason;
  assert.is(await reasonOf("none"), "NOT_FOUND");
  await save("checked", false, content([table("a")]));
  assert.is(await reasonOf("checked"), "NOT_FOUND");
  await save("checked", true, content([table("b")]));
  for (const more of [{ expected_version: 2 }, { expected_version: 0 }, { expected_revision: 2 }]) {
    const { status, json } = await dryRun("checked", more);
    assert.equal([status, json.reason], [409, "STALE_VERSION"], JSON.stringify(more));
    const real = await call("/definitions/checked:publish", more);
    assert.equal(real.json.message, json.message);
  }
  assert.is(await reasonOf("checked", { expected_version: 1, expected_revision: 1 }), undefined);
  const other = { authorization: `Bearer ${await service.token({ tenant: "bolt" })}` };
  assert.is((await dryRun("checked", {}, other)).status, 404);
});

test("it names the filters that would leave panels as they are", async () => {
  const loose = { id: "loose", inline: { columns: [{ name: "region" }], rows: [] } };
  const body = content([table("a"), table("b", { datasource: "loose" }), { id: "t", text: { markdown: "x" } }], {
    datasources: [orders(), loose],
  });
  await save("unbound", true, body);
  assert.equal((await planOf("unbound")).unbound_filters, [{ name: "plan", panels: ["b"] }]);
});

test("each link that follows the active version would fare as it is told", async () => {
  const needy = { ...plan, required: true };
  await save("linked", false, content([table("a")]));
  const fixed = {
    region: await share("linked", { filters: { region: "region" } }),
    plan: await share("linked", { filters: { plan: "plan" } }),
    both: await share("linked", { filters: { plan: "plan", region: "region" } }),
    open: await share("linked", { viewer_filters: ["region"] }),
  };
  await share("linked", { version: 1 });
  await share("linked", { snapshot: true });
  const revoked = await share("linked", {});
  const authorization = `Bearer ${await service.token({})}`;
  await fetch(`${service.api}/shares/${revoked.share_id}`, { method: "DELETE", headers: { authorization } });
  // `region` goes, and `plan` needs a value from now on.
  await save("linked", true, content([table("a")], { filters: [needy], datasources: [orders(["plan", "n"])] }));
  const names = Object.fromEntries(Object.entries(fixed).map(([name, { share_id }]) => [share_id, name]));
  const told = ((await planOf("linked")).links as JsonObject[]).map(({ share_id, outcome, filters }) => [
    names[String(share_id)],
    outcome,
    ...(filters as string[]),
  ]);
  assert.equal(told, [
    ["open", "broken", "plan"],
    ["both", "broken", "region"],
    ["plan", "kept"],
    ["region", "broken", "region", "plan"],
  ]);
  await call("/definitions/linked:publish", {});
  for (const [name, outcome] of told) {
    const { url } = fixed[name as keyof typeof fixed];
    const page = await fetch(`${service.url}${new URL(String(url)).pathname}`);
    assert.is(page.status, outcome === "kept" ? 200 : 404, name);
  }
});

test("an archived dashboard's draft is compared with the last version, which is the one to expect", async () => {
  await save("old", false, content([table("a")]));
  await save("old", true, content([table("a"), table("b")]));
  const authorization = `Bearer ${await service.token({})}`;
  await fetch(`${service.api}/definitions/old`, { method: "DELETE", headers: { authorization } });
  const { expected_version, panels } = await planOf("old");
  assert.equal([expected_version, (panels as JsonObject[]).map(({ id }) => id)], [1, ["b"]]);
});

test.run();
