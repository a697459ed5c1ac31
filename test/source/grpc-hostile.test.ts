import { once } from "node:events";
import {
  createServer,
  type Http2Stream,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer as createTcpServer } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { failureOf } from "./failure-of.ts";
import { ask, bounds, connectionTo, createTestConnector, numbered } from "./grpc-service.ts";

const test = suite("gRPC source and hostile services");

type Answer = (stream: ServerHttp2Stream, session: ServerHttp2Session) => void;

/** What the server does with the next call; each test says so. */
let answer: Answer = () => {};
const sessions = new Set<ServerHttp2Session>();
const server = createServer({ maxSendHeaderBlockLength: 10_000_000 }).listen(0, "127.0.0.1");
server.on("session", (session) => {
  sessions.add(session);
  session.on("error", () => {});
});
server.on("stream", (each: Http2Stream) => {
  const stream = each as ServerHttp2Stream;
  stream.on("error", () => {});
  answer(stream, stream.session as ServerHttp2Session);
});
await once(server, "listening");
const { port } = server.address() as { port: number };
const connector = createTestConnector();
test.after(async () => {
  await connector.close();
  for (const session of sessions) session.destroy();
  server.close();
});

const read = (timeoutMs = 5_000) => connector.read(connectionTo(port), ask(), bounds({ timeoutMs }));
const grpc = { ":status": 200, "content-type": "application/grpc" };

/** A message with its frame. */
function framed(message: Uint8Array, compressed = 0, length = message.length): Buffer {
  const head = Buffer.alloc(5);
  head[0] = compressed;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

/** Answers with headers, a body, and trailers where there are any. */
function reply(headers: OutgoingHttpHeaders, body: Buffer | string, trailers?: OutgoingHttpHeaders): Answer {
  return (stream) => {
    stream.respond(headers, { waitForTrailers: trailers !== undefined });
    if (trailers !== undefined) stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    stream.end(body);
  };
}

const ok = { "grpc-status": "0" };

const answers: readonly (readonly [name: string, answer: Answer, failure: string])[] = [
  [
    "a page in place of an answer",
    reply({ ":status": 200, "content-type": "text/html" }, "<html>CANARY</html>"),
    "source_failed: the answer is not gRPC",
  ],
  [
    "a page with a status of gRPC",
    reply({ ":status": 200, "content-type": "text/html" }, framed(numbered(1)), ok),
    "source_failed: the answer is not gRPC",
  ],
  ["no content type", reply({ ":status": 200 }, framed(numbered(1)), ok), "source_failed: the answer is not gRPC"],
  [
    "a proxy's 503",
    reply({ ":status": 503, "content-type": "text/html" }, "<html>no upstream</html>"),
    "source_unavailable: the service is unavailable (UNAVAILABLE)",
  ],
  [
    "a proxy's 401",
    reply({ ":status": 401, "content-type": "text/html" }, "<html>who are you</html>"),
    "source_failed: the credentials are refused",
  ],
  [
    "a 404",
    reply({ ":status": 404, "content-type": "text/plain" }, "nothing here"),
    "source_failed: the service does not implement datajetty.source.v1.SourceService",
  ],
  ["no status at the end", reply(grpc, framed(numbered(1))), "source_unavailable: the service broke off its answer"],
  [
    "a status that is none",
    reply(grpc, "", { "grpc-status": "CANARY" }),
    "source_failed: the service failed (a status that gRPC does not know)",
  ],
  [
    "a status beyond the known",
    reply(grpc, "", { "grpc-status": "99", "grpc-message": "%FF%<script>CANARY" }),
    "source_failed: the service failed (a status that gRPC does not know)",
  ],
  ["half a message", reply(grpc, framed(numbered(1), 0, 1_000), ok), ""],
  [
    "a message that says it has 4 GiB",
    reply(grpc, framed(numbered(1), 0, 0xffffffff), ok),
    "source_failed: a message is larger than 4 MiB",
  ],
  [
    "compression that nobody named",
    reply(grpc, framed(gzipSync(numbered(1)), 1), ok),
    "source_failed: a message cannot be decompressed",
  ],
  [
    "compression that nobody knows",
    reply({ ...grpc, "grpc-encoding": "br" }, framed(numbered(1), 1), ok),
    "source_failed: a message cannot be decompressed",
  ],
  [
    "compression that is none",
    reply({ ...grpc, "grpc-encoding": "gzip" }, framed(numbered(1), 1), ok),
    "source_failed: a message cannot be decompressed",
  ],
  [
    "a bomb of gzip",
    reply({ ...grpc, "grpc-encoding": "gzip" }, framed(gzipSync(Buffer.alloc(200_000_000)), 1), ok),
    "source_failed: a message is larger than 4 MiB",
  ],
  [
    "a bomb of deflate",
    reply({ ...grpc, "grpc-encoding": "deflate" }, framed(deflateSync(Buffer.alloc(200_000_000)), 1), ok),
    "source_failed: a message is larger than 4 MiB",
  ],
  ["a reset stream", (stream) => stream.close(8), "source_unavailable: the service broke off its answer"],
  ["a refused stream", (stream) => stream.close(7), "source_unavailable: the service is unavailable (UNAVAILABLE)"],
  [
    "a stream reset after rows",
    (stream) => {
      stream.respond(grpc);
      stream.write(framed(numbered(3)), () => stream.close(2));
    },
    "source_unavailable: the service broke off its answer",
  ],
  [
    "a push that nobody asked for, and that is broken off",
    (stream) =>
      stream.pushStream({ ":path": "/" }, (_, pushed) => {
        pushed.on("error", () => {});
        pushed.close(2);
      }),
    "source_unavailable: the service broke off its answer",
  ],
  [
    "a connection that is cut",
    (_, session) => session.socket.destroy(),
    "source_unavailable: the service is unavailable (UNAVAILABLE)",
  ],
  [
    "a connection that is cut after rows",
    (stream, session) => {
      stream.respond(grpc);
      stream.write(framed(numbered(3)), () => session.socket.destroy());
    },
    "source_unavailable: the service is unavailable (UNAVAILABLE)",
  ],
  [
    "a goodbye with an error",
    (_, session) => session.destroy(undefined, 11),
    "source_unavailable: the service is unavailable (UNAVAILABLE)",
  ],
];

for (const [name, each, failure] of answers) {
  test(`${name}: ${failure}`, async () => {
    answer = each;
    assert.is(await failureOf(read()), failure);
  });
}

for (const kilobytes of [100, 1_000]) {
  const huge = { "x-huge": "a".repeat(kilobytes * 1_000) };
  test(`metadata of ${kilobytes} KB come to an end, and the next read is as before`, async () => {
    answer = reply({ ...grpc, ...huge }, framed(numbered(1)), ok);
    assert.match(await failureOf(read()), /^(source_(failed|unavailable): [a-z ]+|)$/);
    answer = reply(grpc, framed(numbered(1)), { ...ok, ...huge });
    assert.match(await failureOf(read()), /^(source_(failed|unavailable): [a-z ]+|)$/);
    // Headers that one side could not read leave a connection of no use.
    answer = reply(grpc, framed(numbered(2)), ok);
    assert.is((await read()).length, 2);
  });
}

test("a goodbye and then silence end with the deadline", async () => {
  answer = (_, session) => session.goaway(0);
  assert.is(await failureOf(read(300)), "source_timeout: there was no answer in time");
});

test("a body that stalls ends with the deadline", async () => {
  answer = (stream) => {
    stream.respond(grpc);
    stream.write(framed(numbered(1)).subarray(0, 7));
  };
  assert.is(await failureOf(read(300)), "source_timeout: there was no answer in time");
});

test("a body that drips ends with the deadline", async () => {
  answer = (stream) => {
    stream.respond(grpc);
    const drip = setInterval(() => stream.write(framed(new Uint8Array())), 20);
    stream.once("close", () => clearInterval(drip));
  };
  assert.is(await failureOf(read(300)), "source_timeout: there was no answer in time");
});

for (const [name, bytes] of [
  ["HTTP/1.1", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"],
  ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n"],
  ["nonsense", "\0\0\0\0\0\xff\xff\xff"],
] as const) {
  test(`a server that speaks ${name} is unavailable`, async () => {
    const other = createTcpServer((socket) => socket.on("error", () => {}).end(bytes, "latin1")).listen(0, "127.0.0.1");
    await once(other, "listening");
    const at = (other.address() as { port: number }).port;
    const startMs = performance.now();
    assert.match(await failureOf(connector.read(connectionTo(at), ask(), bounds())), /^source_unavailable: [a-z ]+/);
    assert.ok(performance.now() - startMs < 4_000);
    other.close();
  });
}

test("after all of that the service is read as before", async () => {
  answer = reply(grpc, framed(numbered(3)), ok);
  assert.is((await read()).length, 3);
});

test.run();
