import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createProtocols } from "../contract/protocols.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { readPng } from "./read-png.ts";

/** Files of a whole service, over REST. What the other protocols answer is in test/contract/cases.json. */
const test = suite("export");

const service = await startTestService();
test.after(() => service.close());

const scopes = ["dashboards:render"];
const headers = { authorization: `Bearer ${await service.token({ tenant: "acme", scopes })}` };
const post = (body: JsonObject, more: Record<string, string> = {}) =>
  service.post("/export", body, { ...headers, ...more });

const rows = Array.from({ length: 200 }, (_, index) => [index % 2 === 0 ? "IN" : "US", `city ${index}`, index]);
await service.save("acme", {
  dashboard_id: "sales",
  layout: {
    title: "Sales",
    theme: "dark",
    panels: [
      { title: "All", datasource: "sales", table: { columns: [{ name: "n" }] } },
      { title: "Bars", datasource: "sales", bar: { x: "city", y: ["n"] } },
      { title: "Words", text: { markdown: "Some **words**" } },
      { title: "Broken", datasource: "lost", table: {} },
    ],
  },
  datasources: [
    {
      id: "sales",
      inline: {
        columns: [{ name: "region" }, { name: "city" }, { name: "n" }],
        rows,
      },
    },
    { id: "lost", duckdb: { files: [{ path: "lost.csv" }], query: "select * from lost" } },
  ],
  filters: [{ name: "region", type: "string" }],
});

test("CSV is the body as it is: all columns and rows of the source, narrowed by the filters", async () => {
  const answer = await post({ dashboard_id: "sales", format: "csv", panel: "all", filters: { region: "IN" } });
  assert.is(answer.status, 200);
  assert.is(answer.headers.get("content-type"), "text/csv; charset=utf-8; header=present");
  assert.is(answer.headers.get("content-disposition"), 'attachment; filename="sales-all.csv"');
  assert.is(answer.headers.get("x-content-type-options"), "nosniff");
  assert.is(answer.headers.get("cache-control"), "no-store");
  assert.is(answer.headers.get("content-encoding"), "gzip", "fetch takes it");
  const lines = (await answer.text()).split("\r\n");
  assert.equal([lines.length, lines[0], lines[1], lines[2]], [102, "region,city,n", "IN,city 0,0", "IN,city 2,2"]);
});

test("JSON is the body as it is", async () => {
  const answer = await post(
    { dashboard_id: "sales", format: "json", panel: "bars" },
    { "accept-encoding": "identity" },
  );
  assert.is(answer.headers.get("content-type"), "application/json");
  assert.is(answer.headers.get("content-disposition"), 'attachment; filename="sales-bars.json"');
  assert.is(answer.headers.get("content-encoding"), null);
  const all = (await answer.json()) as JsonObject[];
  assert.equal([all.length, all[1]], [200, { region: "US", city: "city 1", n: 1 }]);
});

test("every protocol names the file, and those with a message answer its bytes in that", async () => {
  const protocols = createProtocols(service.url);
  const { export: method } = DashboardsService.method;
  const request = { dashboard_id: "sales", format: "csv", panel: "all", filters: { region: "none" } };
  for (const protocol of ["rest", "connect", "grpc", "grpcWeb"] as const) {
    const { message, header } = await protocols[protocol](method, request, headers);
    assert.is(header("content-disposition"), 'attachment; filename="sales-all.csv"', protocol);
    const { data } = (message as { file: { data: string } }).file;
    assert.is(Buffer.from(data, "base64").toString(), "region,city,n\r\n", protocol);
  }
  protocols.close();
});

test("a picture is as wide and as sharp as asked for, in the dashboard's theme or another, and never compressed", async () => {
  const answer = await post({ dashboard_id: "sales", format: "png", width_px: 640 });
  assert.is(answer.status, 200);
  assert.is(answer.headers.get("content-type"), "image/png");
  assert.is(answer.headers.get("content-disposition"), 'attachment; filename="sales.png"');
  assert.is(answer.headers.get("content-encoding"), null);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  assert.is(Number(answer.headers.get("content-length")), bytes.byteLength);
  const dark = readPng(bytes);
  assert.equal([dark.width, dark.at(4, 4)], [1280, "#0a0b0e"]);
  const one = { dashboard_id: "sales", format: "png", panel: "bars", width_px: 400, scale: 1, theme: "light" };
  const [first, second] = await Promise.all([post(one), post(one)].map(async (each) => (await each).arrayBuffer()));
  assert.equal(first, second, "the same input gives the same bytes");
  const light = readPng(new Uint8Array(first!));
  assert.equal([light.width, light.at(4, 4)], [400, "#f6f7f9"]);
});

test("what cannot be had is said in JSON, with the field", async () => {
  const refusal = async (body: JsonObject) => {
    const answer = await post({ dashboard_id: "sales", ...body });
    assert.is(answer.headers.get("content-type"), "application/json");
    assert.is(answer.headers.get("content-disposition"), null);
    const { reason, details } = (await answer.json()) as { reason: string; details?: { field: string }[] };
    return [answer.status, reason, details?.map(({ field }) => field).join() ?? ""];
  };
  assert.equal(await refusal({ format: "csv" }), [400, "INVALID_REQUEST", "panel"]);
  assert.equal(await refusal({ format: "csv", panel: "words" }), [400, "INVALID_REQUEST", "panel"]);
  assert.equal(await refusal({ format: "csv", panel: "none" }), [404, "NOT_FOUND", "panel"]);
  assert.equal(await refusal({ format: "png", panel: "none" }), [404, "NOT_FOUND", "panel"]);
  assert.equal(await refusal({ format: "csv", panel: "broken" }), [503, "DEPENDENCY_DOWN", ""]);
  assert.equal(await refusal({ format: "csv", panel: "all", filters: { x: 1 } }), [400, "INVALID_FILTER", "filters.x"]);
  assert.equal(await refusal({ format: "png", width_px: 319 }), [400, "INVALID_REQUEST", "width_px"]);
  assert.equal(await refusal({ format: "png", timezone: "Nowhere/None" }), [400, "INVALID_REQUEST", "timezone"]);
  assert.equal(await refusal({ format: "png", dashboard_id: "none" }), [404, "NOT_FOUND", ""]);
});

test("another tenant has no such dashboard", async () => {
  const authorization = `Bearer ${await service.token({ tenant: "globex", scopes })}`;
  for (const format of ["csv", "png"]) {
    const answer = await post({ dashboard_id: "sales", format, panel: "all" }, { authorization });
    assert.is(answer.status, 404);
  }
});

test("a caller that is held to filters gets no row beyond them", async () => {
  const panels = [{ title: "All", datasource: "sales", table: {} }];
  const regions = {
    columns: [{ name: "region" }, { name: "n" }],
    rows: [
      ["IN", 1],
      ["US", 2],
    ],
  };
  const numbers = { columns: [{ name: "n" }], rows: [[1], [2]] };
  const filters = [{ name: "region", type: "string" }];
  const save = (dashboard_id: string, inline: JsonObject) => {
    const datasources = [
      { id: "sales", inline },
      { id: "regions", inline: regions },
    ];
    return service.save("acme", { dashboard_id, layout: { panels }, datasources, filters });
  };
  await save("held", regions);
  await save("loose", numbers);
  const authorization = `Bearer ${await service.token({ tenant: "acme", scopes, held: { region: "IN" } })}`;
  const ask = (dashboard_id: string, more: JsonObject = {}) =>
    post({ dashboard_id, format: "csv", panel: "all", ...more }, { authorization });
  assert.is(await (await ask("held")).text(), "region,n\r\nIN,1\r\n");
  assert.is((await ask("held", { filters: { region: "US" } })).status, 400);
  for (const format of ["csv", "json", "png"]) {
    const refused = await ask("loose", { format });
    assert.equal([refused.status, ((await refused.json()) as JsonObject).reason], [400, "INVALID_FILTER"], format);
  }
});

test.run();
