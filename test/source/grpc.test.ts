import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toJson } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import * as assert from "uvu/assert";
import { type QueryRequest, QueryRequestSchema } from "../../gen/datajetty/source/v1/source_service_pb.js";
import { createBinding } from "../../src/definition/filter-value.ts";
import { createGrpcConnector } from "../../src/source/grpc/connector.ts";
import { SourceError } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";
import { failureOf } from "./failure-of.ts";
import {
  ask,
  bounds,
  connectionTo,
  createTestConnector,
  numbered,
  type RawCall,
  response,
  startService,
} from "./grpc-service.ts";

const test = suite("gRPC source");

/** What the service does with the next call; each test says so. */
let answer: (call: RawCall) => void = () => {};
const service = await startService((call) => answer(call));
const connector = createTestConnector();
const connection = connectionTo(service.port);
test.after(async () => {
  await connector.close();
  service.close();
});

const finish = (...messages: Uint8Array[]) => {
  answer = (call) => {
    for (const message of messages) call.write(message);
    call.end();
  };
};
const fail = (code: number, details = "") => {
  answer = (call) => call.emit("error", { code, details });
};

test("rows of several responses become one frame", async () => {
  finish(numbered(3), numbered(2, 3));
  const frame = await connector.read(connection, ask(), bounds());
  assert.equal(frame, {
    columns: [{ type: "number", name: "n", values: Float64Array.of(0, 1, 2, 3, 4) }],
    length: 5,
    truncated: false,
  });
});

test("the service is told for whom, what, with which values and how much", async () => {
  let request: QueryRequest | undefined;
  answer = (call) => {
    request = call.request;
    call.end();
  };
  const source = {
    query: "late flights",
    parameters: {
      state: { kind: { case: "stringValue", value: ":state" } },
      since: { kind: { case: "stringValue", value: ":since" } },
      unset: { kind: { case: "stringValue", value: ":nothing" } },
    },
  } as const;
  const binding = createBinding([
    ["state", ["TX", "CA"]],
    ["since", { kind: "date", iso: "2001-05-01" }],
    ["nothing", null],
  ]);
  const frame = await connector.read(connection, ask(source, binding), bounds({ maxRows: 10 }));
  assert.equal(frame, { columns: [], length: 0, truncated: false });
  assert.equal(toJson(QueryRequestSchema, request!), {
    tenant: "acme",
    query: "late flights",
    parameters: { state: ["TX", "CA"], since: "2001-05-01" },
    timezone: "Europe/Berlin",
    maxRows: 11,
    maxBytes: "5242880",
  });
});

test("a secret goes along as metadata, also without TLS", async () => {
  let sent: Record<string, unknown> = {};
  answer = (call) => {
    sent = call.metadata.getMap();
    call.end();
  };
  const headers = { "X-Api-Key": "k-1" };
  await connector.read(connectionTo(service.port, { secret: { bearerToken: "t0k", headers } }), ask(), bounds());
  assert.is(sent.authorization, "Bearer t0k");
  assert.is(sent["x-api-key"], "k-1");
});

test("headers that change the message, or that gRPC would not send as they are, are not sent at all", async () => {
  let answered = 0;
  answer = (call) => {
    answered += 1;
    call.end();
  };
  for (const headers of [
    { "grpc-timeout": "1S" },
    { Host: "other.test" },
    { "trace-bin": "\u00e9" },
    { x: "a\r\nb: c" },
  ]) {
    const refused = connector.read(connectionTo(service.port, { secret: { headers } }), ask(), bounds());
    assert.is(await failureOf(refused), "source_failed: a header of the connection cannot be sent");
  }
  assert.is(answered, 0);
});

test("the service sees the host that was configured, and not the address to which it led", async () => {
  let host = "";
  answer = (call) => {
    host = call.getHost();
    call.end();
  };
  await connector.read(connection, ask(), bounds());
  assert.is(host, `service.test:${service.port}`);
});

test("rows beyond the cap are left out, and the call is cancelled", async () => {
  const cancelled = Promise.withResolvers<void>();
  answer = (call) => {
    call.on("cancelled", () => cancelled.resolve());
    call.write(numbered(30));
    call.write(numbered(30, 30));
  };
  const frame = await connector.read(connection, ask(), bounds({ maxRows: 40 }));
  assert.is(frame.length, 40);
  assert.ok(frame.truncated);
  await cancelled.promise;
});

test("exactly as many rows as the cap are all there is", async () => {
  finish(numbered(40));
  const frame = await connector.read(connection, ask(), bounds({ maxRows: 40 }));
  assert.is(frame.length, 40);
  assert.not(frame.truncated);
});

test("a frame's bytes are capped", async () => {
  finish(numbered(100));
  const frame = await connector.read(connection, ask(), bounds({ maxBytes: 80 }));
  assert.is(frame.length, 10);
  assert.ok(frame.truncated);
});

test("an endless stream is read to 5 MiB at most, and its service is held back meanwhile", async () => {
  let written = 0;
  const cancelled = Promise.withResolvers<void>();
  answer = async (call) => {
    call.on("cancelled", () => cancelled.resolve());
    const values = ["x".repeat(100_000)];
    const message = response({ rows: 1, columns: [{ name: "a", values: { case: "strings", value: { values } } }] });
    while (!call.cancelled) {
      written += 1;
      if (!call.write(message)) await Promise.race([once(call, "drain"), cancelled.promise]);
    }
  };
  const frame = await connector.read(connection, ask(), bounds({ maxBytes: 100_000_000 }));
  assert.is(frame.length, 52);
  assert.ok(frame.truncated);
  await cancelled.promise;
  assert.ok(written < 80, `${written} messages were written`);
});

test("messages that hold nothing come to an end, too", async () => {
  answer = (call) => {
    for (let at = 0; at < 20_000; at += 1) call.write(new Uint8Array());
  };
  const frame = await connector.read(connection, ask(), bounds());
  assert.equal(frame, { columns: [], length: 0, truncated: true });
});

test("a message of more than 4 MiB is refused", async () => {
  finish(new Uint8Array(4 * 1024 * 1024 + 1));
  assert.is(
    await failureOf(connector.read(connection, ask(), bounds())),
    "source_failed: a message is larger than 4 MiB",
  );
});

test("what is no response fails in words", async () => {
  finish(Buffer.from("not a message"));
  assert.is(
    await failureOf(connector.read(connection, ask(), bounds())),
    "source_failed: response 1 is no QueryResponse",
  );
});

const statuses: readonly (readonly [code: number, words: string])[] = [
  [status.INVALID_ARGUMENT, "source_failed: the service refuses the query (INVALID_ARGUMENT)"],
  [status.NOT_FOUND, "source_failed: the service does not know what is asked for (NOT_FOUND)"],
  [status.INTERNAL, "source_failed: the service failed (INTERNAL)"],
  [status.DEADLINE_EXCEEDED, "source_timeout: there was no answer in time"],
  [status.UNAVAILABLE, "source_unavailable: the service is unavailable (UNAVAILABLE)"],
  [status.RESOURCE_EXHAUSTED, "source_unavailable: the service has too much to do (RESOURCE_EXHAUSTED)"],
  [status.UNAUTHENTICATED, "source_failed: the credentials are refused"],
  [status.PERMISSION_DENIED, "source_failed: the credentials are refused"],
  [status.UNIMPLEMENTED, "source_failed: the service does not implement datajetty.source.v1.SourceService"],
];

test("a status becomes a failure in our words, and none of the service's", async () => {
  for (const [code, words] of statuses) {
    fail(code, "<script>SECRET</script> 10.0.0.7");
    assert.is(await failureOf(connector.read(connection, ask(), bounds())), words);
  }
});

test("rows that came before a failure count for nothing", async () => {
  answer = (call) => {
    call.write(numbered(3));
    call.emit("error", { code: status.INTERNAL });
  };
  assert.match(await failureOf(connector.read(connection, ask(), bounds())), /INTERNAL/);
});

test("a service that does not answer in time is cancelled", async () => {
  const cancelled = Promise.withResolvers<void>();
  answer = (call) => call.on("cancelled", () => cancelled.resolve());
  const startMs = performance.now();
  assert.is(
    await failureOf(connector.read(connection, ask(), bounds({ timeoutMs: 200 }))),
    "source_timeout: there was no answer in time",
  );
  assert.ok(performance.now() - startMs < 2_000);
  await cancelled.promise;
});

test("a read that nobody wants any more is cancelled at once", async () => {
  const called = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<void>();
  answer = (call) => {
    call.on("cancelled", () => cancelled.resolve());
    called.resolve();
  };
  const unwanted = new AbortController();
  const failure = failureOf(connector.read(connection, ask(), bounds({ signal: unwanted.signal, timeoutMs: 60_000 })));
  await called.promise;
  unwanted.abort();
  assert.match(await failure, /^source_timeout: /);
  await cancelled.promise;
});

test("a host that refuses is unavailable at once, and in use again as soon as it listens", async () => {
  const gone = await startService((call) => call.end());
  gone.close();
  const there = connectionTo(gone.port, { name: "gone" });
  const startMs = performance.now();
  for (let times = 0; times < 3; times += 1) {
    assert.is(
      await failureOf(connector.read(there, ask(), bounds())),
      "source_unavailable: the host refuses the connection",
    );
  }
  assert.ok(performance.now() - startMs < 1_500);
});

test("a service that restarts is found again by the next read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "grpc-"));
  const path = join(folder, "socket");
  const bySocket = createGrpcConnector({ resolve: async () => ({ path }) });
  try {
    for (const down of [false, true, false, true]) {
      const running = await startService(
        (call) => {
          call.write(numbered(1));
          call.end();
        },
        { path },
      );
      assert.is((await bySocket.read(connectionTo(80), ask(), bounds())).length, 1);
      running.close();
      // Until the channel has heard of it.
      await sleep(50);
      if (down) {
        assert.is(
          await failureOf(bySocket.read(connectionTo(80), ask(), bounds())),
          "source_unavailable: the host refuses the connection",
        );
      }
    }
  } finally {
    await bySocket.close();
    await rm(folder, { recursive: true });
  }
});

test("a host that takes connections and says nothing is unavailable long before the deadline", async () => {
  const closed = Promise.withResolvers<void>();
  const silent = createServer((socket) => {
    socket.resume().on("error", () => {});
    socket.once("close", () => closed.resolve());
  }).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as { port: number };
  const startMs = performance.now();
  const failure = failureOf(connector.read(connectionTo(port), ask(), bounds({ timeoutMs: 30_000 })));
  assert.is(await failure, "source_unavailable: the host does not answer");
  assert.ok(performance.now() - startMs < 4_000);
  // No socket is left behind.
  await closed.promise;
  silent.close();
});

test("what the resolver says of the host is what the read fails with", async () => {
  const refusing = createGrpcConnector({
    resolve: async () => {
      throw new SourceError("source_failed", "the address is not public");
    },
  });
  assert.is(await failureOf(refusing.read(connection, ask(), bounds())), "source_failed: the address is not public");
});

test("a proxy of the environment is not used", async () => {
  let asked = 0;
  const proxy = createServer((socket) => {
    asked += 1;
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as { port: number };
  process.env.grpc_proxy = `http://127.0.0.1:${port}`;
  try {
    finish(numbered(1));
    const frame = await connector.read(connectionTo(service.port, { name: "by a proxy" }), ask(), bounds());
    assert.is(frame.length, 1);
    assert.is(asked, 0);
  } finally {
    delete process.env.grpc_proxy;
    proxy.close();
  }
});

test("reads of one connection share a channel; tenants, connections and revisions do not", async () => {
  const peers: string[] = [];
  answer = (call) => {
    peers.push(call.getPeer());
    call.end();
  };
  const own = { name: "shared" };
  await Promise.all([1, 2].map(() => connector.read(connectionTo(service.port, own), ask(), bounds())));
  await connector.read(connectionTo(service.port, { ...own, tenant: "other" }), ask(), bounds());
  await connector.read(connectionTo(service.port, { ...own, revision: 2 }), ask(), bounds());
  await connector.read(connectionTo(service.port, { name: "another" }), ask(), bounds());
  assert.is(new Set(peers).size, 4);
  assert.is(peers[0], peers[1]);
});

test("a connection is sound where the service is reached, whatever it makes of an empty query", async () => {
  let request: QueryRequest | undefined;
  for (const code of [status.OK, status.INVALID_ARGUMENT, status.NOT_FOUND]) {
    answer = (call) => {
      request = call.request;
      if (code === status.OK) call.end();
      else call.emit("error", { code });
    };
    await connector.probe(connection, bounds());
  }
  assert.is(request!.query, "");
  assert.is(request!.tenant, "acme");
  fail(status.UNAUTHENTICATED);
  assert.is(await failureOf(connector.probe(connection, bounds())), "source_failed: the credentials are refused");
});

test.run();
