import * as assert from "uvu/assert";
import { codeOf } from "../../src/http/request-over.ts";
import { webStatusOf } from "../../src/http/web-status.ts";
import { callMetrics } from "../../src/metrics/call-metrics.ts";
import { boundsS, createDurations } from "../../src/metrics/durations.ts";
import { createTallies } from "../../src/metrics/tallies.ts";
import { suite } from "../harness.ts";

const test = suite("tallies");

test("durations are counted up to their bounds, which belong to the bucket below", () => {
  const durations = createDurations();
  for (const ms of [0, 1, 1.001, 2.5, 999, 10_000, 10_001]) durations.add(ms);
  const atMost = new Map(boundsS.map((bound, at) => [bound, durations.atMost()[at]]));
  assert.equal(
    [atMost.get(0.001), atMost.get(0.0025), atMost.get(0.5), atMost.get(1), atMost.get(10)],
    [2, 4, 4, 5, 6],
  );
  assert.is(durations.count(), 7);
  assert.ok(Math.abs(durations.sumS() - 21.004501) < 1e-9);
});

test("what has no time is counted, and not timed", async () => {
  const tallies = createTallies();
  const procedure = { service: "s", method: "Watch" };
  tallies.onRequest({ procedure, path: "/s/Watch", protocol: "grpc", code: "ok", ms: undefined });
  tallies.onRequest({ procedure, path: "/s/Watch", protocol: "grpc", code: "overloaded", ms: undefined });
  const [tally] = tallies.requests();
  assert.equal(
    [...tally!.codes.entries()],
    [
      ["ok", 1],
      ["overloaded", 1],
    ],
  );
  assert.is(tally!.durations.count(), 0);
});

test("limits that nobody ran into are there all the same, at 0", async () => {
  const metric = callMetrics(createTallies()).find(({ name }) => name === "dashboards_rate_limited_total")!;
  const samples = [...(await metric.read())];
  assert.equal(
    samples.map(({ value }) => value),
    [0, 0, 0],
  );
});

test("a status stands for the documented error, by HTTP and by gRPC", () => {
  const http = [0, 200, 304, 400, 401, 403, 404, 409, 429, 500, 503, 418, 504];
  assert.equal(
    http.map((status) => codeOf(status, undefined)),
    [
      ...["canceled", "ok", "ok", "invalid_request", "unauthorized", "forbidden", "not_found", "version_conflict"],
      ...["rate_limited", "internal_error", "dependency_down", "invalid_request", "dependency_down"],
    ],
  );
  const grpc = ["0", "3", "5", "16", "7", "8", "10", "13", "14", "99"];
  assert.equal(
    grpc.map((status) => codeOf(200, status)),
    [
      ...["ok", "invalid_request", "not_found", "unauthorized", "forbidden", "rate_limited", "version_conflict"],
      ...["internal_error", "dependency_down", "internal_error"],
    ],
  );
});

test("the status of gRPC-Web is read from the frame of its trailers only", () => {
  const frame = (flag: number, text: string) => {
    const bytes = Buffer.from(text);
    return Buffer.concat([Buffer.from([flag, 0, 0, 0, bytes.length]), bytes]);
  };
  assert.is(webStatusOf(frame(0x80, "grpc-message: x\r\ngrpc-status: 5\r\n")), "5");
  assert.is(webStatusOf(frame(0, "grpc-status: 5\r\n")), undefined);
  assert.is(webStatusOf(new Uint8Array()), undefined);
  assert.is(webStatusOf(frame(0x80, "")), undefined);
});

test.run();
