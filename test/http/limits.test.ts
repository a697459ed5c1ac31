import { once } from "node:events";
import { connect as connectHttp2, constants } from "node:http2";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { requestHttp2 } from "./http2.ts";
import { base, exchangeRaw, rpcBase, startListener } from "./start.ts";

const test = suite("limits of the listener");

const service = { render: () => ({ html: "<div></div>" }) };
const healthz = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

const { port, listener } = await startListener(service, {
  limits: { headersTimeoutMs: 300, requestTimeoutMs: 600 },
});
test.after(() => listener.close(0));

test("a connection that says nothing is closed, and so is one that stops within the preface", async () => {
  for (const parts of [[], ["PRI * HT"]]) {
    const { closed, text } = await exchangeRaw(port, parts, { waitMs: 1_000, quietMs: 0 });
    assert.ok(closed);
    assert.is(text, "");
  }
});

test("a head or a body that does not end gets the documented error", async () => {
  const head = `POST ${base}/render HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`;
  const answers = await Promise.all(
    [head, `${head}Content-Length: 9\r\n\r\n{`].map((part) => exchangeRaw(port, [part], { waitMs: 3_500, quietMs: 0 })),
  );
  for (const { status, text } of answers) {
    assert.is(status, 400);
    assert.match(text, /took too long to arrive/);
  }
});

test("what comes after a head that is too large does not cut off its answer", async () => {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  let received = "";
  let [isClosed, problem] = [false, undefined as Error | undefined];
  socket.setEncoding("utf8").on("data", (text) => {
    received += text;
  });
  socket.on("close", () => {
    isClosed = true;
  });
  socket.on("error", (error) => {
    problem = error;
  });
  const part = `${"a".repeat(32_768)}\r\nb: `;
  socket.write(`GET /healthz HTTP/1.1\r\nHost: a\r\nauthorization: ${part}`);
  for (let count = 0; count < 10; count += 1) {
    await sleep(20);
    socket.write(part);
  }
  assert.match(received, /^HTTP\/1\.1 4\d\d .*too large/s);
  assert.is(problem, undefined);
  assert.not(isClosed, "it is read on for a while");
  socket.destroy();
});

test("a body that does not end costs an HTTP/2 stream", async () => {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = session.request({ ":method": "POST", ":path": `${base}/render`, "content-type": "application/json" });
  stream.write("{");
  stream.on("error", () => {});
  await once(stream, "close");
  assert.not(session.destroyed);
  session.close();
});

test("a connection without traffic is closed, of either version", async () => {
  const idle = await startListener(service, { limits: { idleTimeoutMs: 200, keepAliveTimeoutMs: 200 } });
  const session = connectHttp2(`http://127.0.0.1:${idle.port}`);
  const [{ closed }] = await Promise.all([
    exchangeRaw(idle.port, [healthz], { waitMs: 3_000, quietMs: 0 }),
    once(session, "close"),
  ]);
  assert.ok(closed);
  await idle.listener.close(0);
});

test("an HTTP/2 connection has at most so many streams", async () => {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const [settings] = await once(session, "remoteSettings");
  assert.is(settings.maxConcurrentStreams, 100);
  assert.is(settings.maxHeaderListSize, 16_384);
  session.close();
});

test("a head that is too large is refused over HTTP/2", async () => {
  const { status, text } = await requestHttp2(port, { ":path": "/healthz", "x-large": "a".repeat(20_000) });
  assert.is(status, 400);
  assert.match(text, /head of the request is too large/);
});

test("what only proxies answer gets the documented error over HTTP/2", async () => {
  const { status, text } = await requestHttp2(port, { ":method": "CONNECT", ":authority": "example.com:443" });
  assert.is(status, 400);
  assert.match(text, /invalid_request/);
});

test("an HTTP/2 stream whose upload is refused gets its answer, and is given up", async () => {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = session.request({
    ":method": "POST",
    ":path": `${base}/render`,
    "content-type": "application/json",
    "content-length": 9_999,
  });
  stream.write("{");
  stream.on("error", () => {});
  const closed = once(stream, "close");
  const [headers] = await once(stream, "response");
  assert.is(headers[":status"], 400);
  let text = "";
  for await (const chunk of stream) text += chunk;
  assert.match(text, /BODY_TOO_LARGE/);
  await Promise.race([closed, sleep(500).then(() => assert.unreachable("the stream is still open"))]);
  session.close();
});

test("too large a message of gRPC gets a status of gRPC", async () => {
  const grpc = { ":method": "POST", ":path": `${rpcBase}/Render`, "content-type": "application/grpc", te: "trailers" };
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = session.request(grpc);
  stream.on("error", () => {});
  stream.write(Buffer.from("00ffffffff", "hex"));
  const [trailers] = await once(stream.resume(), "trailers");
  assert.is(trailers["grpc-status"], "8");
  session.close();
});

test("when every place is taken, whoever has been idle longest makes way", async () => {
  const small = await startListener(service, { limits: { maxConnections: 3 } });
  const open = async () => {
    const socket = connect(small.port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write(healthz);
    await once(socket, "data");
    return socket;
  };
  const sockets = [await open(), await open(), await open()];
  sockets[0]!.write(healthz);
  await once(sockets[0]!, "data");
  sockets.push(await open());
  await sleep(50);
  assert.equal(
    sockets.map(({ closed }) => closed),
    [false, true, false, false],
  );
  await small.listener.close(0);
});

test("when every place is busy, whoever comes last is turned away", async () => {
  const held = Promise.withResolvers<void>();
  const small = await startListener({ render: () => held.promise.then(() => ({})) }, { limits: { maxConnections: 2 } });
  const call = { ":method": "POST", ":path": `${base}/render`, "content-type": "application/json" };
  const slow = [requestHttp2(small.port, call, "{}"), requestHttp2(small.port, call, "{}")];
  await sleep(100);
  const { closed, text } = await exchangeRaw(small.port, [healthz]);
  assert.ok(closed);
  assert.is(text, "");
  held.resolve();
  assert.equal(
    (await Promise.all(slow)).map(({ status }) => status),
    [200, 200],
  );
  await small.listener.close(0);
});

test("a rapid reset of streams ends the connection, not the service", async () => {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  for (let round = 0; round < 30 && !session.destroyed; round += 1) {
    for (let index = 0; index < 100 && !session.destroyed && !session.closed; index += 1) {
      const stream = session.request({ ":path": "/healthz" });
      stream.on("error", () => {});
      stream.close(constants.NGHTTP2_CANCEL);
    }
    await sleep(5);
  }
  session.destroy();
  assert.is((await exchangeRaw(port, [healthz])).status, 200);
});

test.run();
