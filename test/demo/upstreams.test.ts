import * as assert from "uvu/assert";
import { readDemoCsv } from "../../demo/csv.ts";
import { startGrpcSource } from "../../demo/grpc-source.ts";
import { startHttpSource } from "../../demo/http-source.ts";
import { createBinding } from "../../src/definition/filter-value.ts";
import { type Column, type Frame, findColumn } from "../../src/frame/frame.ts";
import { suite } from "../harness.ts";
import { failureOf } from "../source/failure-of.ts";
import { ask, bounds, connectionTo, createTestConnector } from "../source/grpc-service.ts";

const test = suite("the demo's upstreams");
const loopback = { host: "127.0.0.1", port: 0 };
const http = await startHttpSource(loopback);
const grpc = await startGrpcSource(loopback);
const connector = createTestConnector();
test.after(() => connector.close());

const get = (target: string, method = "GET") => fetch(`http://127.0.0.1:${http.port}${target}`, { method });
const airports = async (query: string) => {
  const body = (await (await get(`/airports${query}`)).json()) as { airports: readonly { iata: string }[] };
  return body.airports;
};

const read = (query: string, parameters: Record<string, string | readonly string[]> = {}, more = {}) => {
  const source = {
    query,
    parameters: Object.fromEntries(
      Object.keys(parameters).map((name) => [name, { kind: { case: "stringValue", value: `:${name}` } } as const]),
    ),
  };
  const binding = createBinding(Object.entries(parameters));
  return connector.read(connectionTo(grpc.port), ask(source, binding), bounds(more));
};
const valuesOf = (frame: Frame, name: string): Column["values"] => findColumn(frame, name)!.values;
const sum = (values: Column["values"]) => [...values].reduce<number>((total, value) => total + Number(value), 0);

test("the web service has every airport, commas in names included", async () => {
  const all = await airports("");
  assert.is(all.length, 3_376);
  assert.equal(
    all.find(({ iata }) => iata === "BTR"),
    {
      iata: "BTR",
      name: "Baton Rouge Metropolitan, Ryan",
      city: "Baton Rouge",
      state: "LA",
      latitude: 30.53316083,
      longitude: -91.14963444,
    },
  );
});

test("the web service filters by its query", async () => {
  assert.equal(
    (await airports("?iata=DFW&iata=ORD")).map(({ iata }) => iata),
    ["DFW", "ORD"],
  );
  assert.equal(
    (await airports("?iata=DFW&iata=ORD&state=TX")).map(({ iata }) => iata),
    ["DFW"],
  );
  assert.is((await airports("?state=ZZ")).length, 0);
});

test("the web service refuses what it does not know", async () => {
  assert.is((await get("/airports?zip=1")).status, 400);
  assert.is((await get("/airports", "POST")).status, 405);
  for (const target of ["/", "/airports/DFW", "//airports"]) assert.is((await get(target)).status, 404);
});

test("every strike has an airport that is known", async () => {
  const all = await read("strikes", {}, { maxRows: 20_000, maxBytes: 100_000_000 });
  assert.is(all.length, 10_000);
  assert.not([...valuesOf(all, "airport")].includes(""));
  const reported = (await readDemoCsv("birdstrikes.csv")).filter((row) => row["Speed IAS in knots"] !== "").length;
  assert.is([...valuesOf(all, "speed_knots")].filter((value) => !Number.isNaN(value)).length, reported);
  assert.is(findColumn(all, "cost_usd")!.type, "number");
});

test("strikes are counted by month, half-open, in the zone of the dashboard", async () => {
  const days = await read("strikes by month", { from: "2001-01-01", to: "2001-07-01" });
  assert.equal([...valuesOf(days, "strikes")], [49, 46, 56, 92, 94, 82]);
  const month = findColumn(days, "month")!;
  assert.ok(month.type === "time" && !month.zoned && month.values[0] === Date.UTC(2001, 0, 1));
  const chicago = { timezone: "America/Chicago" };
  const parameters = { from: "2001-01-01T06:00:00Z", to: "2001-07-01T05:00:00Z" };
  assert.equal(await read("strikes by month", parameters, chicago), days);
});

test("strikes are counted by airport, the most first, and narrowed by state and airport", async () => {
  const texas = await read("strikes by airport", { state: "TX" });
  assert.equal(valuesOf(texas, "airport"), ["DFW", "SAT", "HOU", "AUS", "IAH"]);
  const two = await read("strikes by airport", { airport: ["DFW", "ORD"] });
  assert.equal(valuesOf(two, "airport"), ["DFW", "ORD"]);
  assert.equal([...valuesOf(two, "strikes")], [908, 430]);
});

test("however they are grouped, they are as many", async () => {
  for (const dimension of ["day", "state", "species", "size", "phase", "time_of_day", "operator", "damage"]) {
    assert.is(sum(valuesOf(await read(`strikes by ${dimension}`), "strikes")), 10_000, dimension);
  }
});

test("no more is sent than was asked for, and that there is more is said", async () => {
  const few = await read("strikes", {}, { maxRows: 700 });
  assert.is(few.length, 700);
  assert.ok(few.truncated);
});

test("no strikes are no rows, with their columns", async () => {
  const none = await read("strikes by airport", { state: "ZZ" });
  assert.is(none.length, 0);
  assert.equal(
    none.columns.map(({ name }) => name),
    ["airport", "strikes", "damaging", "cost_usd"],
  );
});

test("a query that makes no sense is refused, and a test of the connection is no query", async () => {
  const refused = "source_failed: the service refuses the query (INVALID_ARGUMENT)";
  assert.is(await failureOf(read("strikes by colour")), refused);
  assert.is(await failureOf(read("strikes", { from: "yesterday" })), refused);
  assert.is(await failureOf(read("strikes", { colour: "red" })), refused);
  await connector.probe(connectionTo(grpc.port), bounds());
});

test("both end when they are told to, and their ports are free", async () => {
  await Promise.all([http.close(), grpc.close()]);
  const again = await startHttpSource({ host: "127.0.0.1", port: http.port });
  await again.close();
  assert.match(await failureOf(read("strikes")), /^source_unavailable: /);
});

test.run();
