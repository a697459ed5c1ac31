import { Code, ConnectError, createClient, createRouterTransport } from "@connectrpc/connect";
import * as assert from "uvu/assert";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/grpc/health/v1/health_pb.js";
import { addHealth } from "../../src/rpc/health.ts";
import { suite } from "../harness.ts";

const test = suite("health");

let serving = true;
const transport = createRouterTransport((router) => {
  addHealth(router, { services: ["a.Service"], isServing: async () => serving, pollMs: 5 });
});
const client = createClient(Health, transport);

test("a check tells the status of the server and of its services", async () => {
  for (const service of ["", "a.Service"]) {
    serving = true;
    assert.is((await client.check({ service })).status, Status.SERVING);
    serving = false;
    assert.is((await client.check({ service })).status, Status.NOT_SERVING);
  }
});

test("a check of an unknown service is not found", async () => {
  try {
    await client.check({ service: "SECRET" });
    assert.unreachable();
  } catch (error) {
    assert.is(ConnectError.from(error).code, Code.NotFound);
    assert.not.match(ConnectError.from(error).message, /SECRET/);
  }
});

test("a list has them all", async () => {
  serving = true;
  const { statuses } = await client.list({});
  assert.equal(
    Object.entries(statuses).map(([name, { status }]) => [name, status]),
    [
      ["", Status.SERVING],
      ["a.Service", Status.SERVING],
    ],
  );
});

test("who watches is told at once, and again only when it changes", async () => {
  serving = true;
  const controller = new AbortController();
  const seen: Status[] = [];
  try {
    for await (const { status } of client.watch({ service: "a.Service" }, { signal: controller.signal })) {
      seen.push(status);
      if (seen.length === 1) setTimeout(() => (serving = false), 30);
      if (seen.length === 2) setTimeout(() => controller.abort(), 30);
    }
  } catch {
    // Leaving is what ends a watch.
  }
  assert.equal(seen, [Status.SERVING, Status.NOT_SERVING]);
});

test("who watches is let go when the server ends", async () => {
  const ending = new AbortController();
  const other = createRouterTransport((router) => {
    addHealth(router, { services: [], isServing: async () => true, shutdownSignal: ending.signal });
  });
  let seen = 0;
  for await (const _ of createClient(Health, other).watch({})) {
    seen += 1;
    ending.abort();
  }
  assert.is(seen, 1);
});

test("when too many watch, whoever has watched longest is let go", async () => {
  const small = createRouterTransport((router) => {
    addHealth(router, { services: [], isServing: async () => true, pollMs: 5, maxWatchers: 2 });
  });
  const leaving = new AbortController();
  const watch = async () => {
    try {
      for await (const _ of createClient(Health, small).watch({}, { signal: leaving.signal }));
    } catch (error) {
      return ConnectError.from(error).code;
    }
  };
  const watching = [watch(), watch(), watch(), watch()];
  setTimeout(() => leaving.abort(), 200);
  assert.equal(await Promise.all(watching.slice(0, 2)), [Code.Unavailable, Code.Unavailable]);
  assert.equal(await Promise.all(watching.slice(2)), [Code.Canceled, Code.Canceled]);
});

test("who watches an unknown service is told so and may wait", async () => {
  for await (const { status } of client.watch({ service: "b.Service" })) {
    assert.is(status, Status.SERVICE_UNKNOWN);
    break;
  }
});

test.run();
