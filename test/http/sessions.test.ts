import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import type { Limits } from "../../src/http/limits.ts";
import { addHealth } from "../../src/rpc/health.ts";
import { suite } from "../harness.ts";
import { exchangeRaw, startListener } from "./start.ts";

const test = suite("HTTP/2 sessions");

const watchPath = "/grpc.health.v1.Health/Watch";
const more = (router: Parameters<typeof addHealth>[0]) =>
  addHealth(router, { services: [], isServing: async () => true });

/** Opens a call that watches the service's health, on a connection of its own. */
async function watch(port: number) {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  const stream = session.request({
    ":method": "POST",
    ":path": watchPath,
    "content-type": "application/grpc",
    te: "trailers",
  });
  stream.on("error", () => {});
  stream.end(Buffer.alloc(5));
  await once(stream, "data");
  return { session, stream };
}

const closesWithin = (session: ClientHttp2Session, ms: number) =>
  session.destroyed || Promise.race([once(session, "close").then(() => true), sleep(ms, false)]);

/** A listener that is closed when its test is over, also when that fails. */
async function start(limits: Partial<Limits>) {
  const { port, listener } = await startListener({}, { more, limits });
  return { port, [Symbol.asyncDispose]: () => listener.close(0) };
}

/** A whole HTTP/2 client that answers nothing: its preface, its settings, and a call that watches. */
function silentWatch(): Buffer {
  const frame = (type: number, flags: number, stream: number, payload: Buffer) => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  };
  const text = (value: string) => Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
  // HPACK: POST and http of the static table, then literals: `:path` by its index, and a name.
  const headers = Buffer.concat([
    Buffer.of(0x83, 0x86, 0x04),
    text(watchPath),
    Buffer.of(0x01),
    text("a"),
    Buffer.of(0x00),
    text("content-type"),
    text("application/grpc"),
  ]);
  return Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    frame(4, 0, 0, Buffer.alloc(0)),
    frame(1, 4, 1, headers),
    frame(0, 1, 1, Buffer.alloc(5)),
  ]);
}

test("a call that watches outlasts the silence that ends a connection, which ends after it", async () => {
  await using listener = await start({ idleTimeoutMs: 150 });
  const { port } = listener;
  const { session, stream } = await watch(port);
  assert.not(await closesWithin(session, 700));
  assert.not(session.closed, "it was told to go away");
  stream.close();
  assert.ok(await closesWithin(session, 700));
});

test("however long a call watches, nothing gathers on its connection", async () => {
  await using listener = await start({ idleTimeoutMs: 50 });
  const warnings: string[] = [];
  const note = ({ name }: Error) => warnings.push(name);
  process.on("warning", note);
  const { session, stream } = await watch(listener.port);
  await sleep(1_500);
  process.off("warning", note);
  assert.equal(warnings, []);
  stream.close();
  session.close();
});

test("a connection whose peer has vanished is closed, although a call watches", async () => {
  await using listener = await start({ idleTimeoutMs: 150, headersTimeoutMs: 150 });
  const { port } = listener;
  const { closed, text } = await exchangeRaw(port, [silentWatch()], { waitMs: 1_500, quietMs: 0 });
  assert.ok(text.includes("\0\0\0\0\x02\x08\x01"), "it was told that the service serves");
  assert.ok(closed);
});

test("a connection that its peer closes is closed at once", async () => {
  await using listener = await start({});
  const { port } = listener;
  const { closed } = await exchangeRaw(port, [silentWatch()], { waitMs: 1_000, quietMs: 0, half: true });
  assert.ok(closed);
});

test("whoever only watches makes way when every place is taken", async () => {
  await using listener = await start({ maxConnections: 3 });
  const { port } = listener;
  const watching = [await watch(port), await watch(port), await watch(port)];
  assert.is((await exchangeRaw(port, ["GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"])).status, 200);
  assert.ok(await closesWithin(watching[0]!.session, 500));
  for (const { session } of watching) session.destroy();
});

test("one address cannot take every place", async () => {
  await using listener = await start({ maxConnections: 10, maxConnectionsPerAddress: 2 });
  const { port } = listener;
  const from = async (localAddress: string) => {
    const socket = connect({ port, host: "127.0.0.1", localAddress });
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.resume().write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    await sleep(20);
    return socket;
  };
  const sockets = [
    await from("127.0.0.2"),
    await from("127.0.0.1"),
    await from("127.0.0.1"),
    await from("127.0.0.1"),
    await from("127.0.0.1"),
  ];
  await sleep(50);
  assert.equal(
    sockets.map(({ closed }) => closed),
    [false, true, true, false, false],
  );
});

test.run();
