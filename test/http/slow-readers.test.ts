import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import type { Limits } from "../../src/http/limits.ts";
import { createSlowReaders } from "../../src/http/slow-readers.ts";
import { flags, frame, headBlock, initialWindowSize, preface, types } from "../attack/h2-frames.ts";
import { suite } from "../harness.ts";
import { exchangeRaw, startListener } from "./start.ts";

const test = suite("slow readers");

/** More than the system takes off our hands. */
const pageBytes = 24 * 1024 * 1024;

async function start(limits: Partial<Limits>) {
  const body = Buffer.alloc(pageBytes, "a");
  const share = async (token: string) => ({ status: 200, headers: {}, body: token === "big" ? body : "small" });
  const { port, listener } = await startListener({}, { share, limits });
  return { port, [Symbol.asyncDispose]: () => listener.close(0) };
}

/** A caller of HTTP/1.1 that reads the beginning of an answer and no more. */
async function slowReader(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write("GET /s/big HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(socket, "readable");
  return socket;
}

/** A caller of HTTP/2 that makes room for a byte every 50 ms. Gives the types of the frames that it has got. */
async function drippingReader(port: number) {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  const fields: [string, string][] = [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/s/big"],
    [":authority", "a"],
  ];
  socket.write(preface({ [initialWindowSize]: 1 }));
  const set = flags.endHeaders | flags.endStream;
  socket.write(frame({ type: types.headers, flags: set, stream: 1, payload: headBlock(fields) }));
  const timer = setInterval(
    () => socket.write(frame({ type: types.windowUpdate, stream: 1, payload: Buffer.of(0, 0, 0, 1) })),
    50,
  );
  socket.once("close", () => clearInterval(timer));
  const got: number[] = [];
  socket.on("data", (chunk: Buffer) => got.push(chunk[3]!));
  return { socket, wasReset: () => got.includes(types.resetStream) };
}

/** Whether a caller that reads nothing was cut off: what it reads then is not all. */
async function bytesLeftFor(socket: Socket): Promise<number> {
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  if (!socket.closed) await Promise.race([once(socket, "close"), sleep(1_500)]);
  socket.destroy();
  return bytes;
}

test("a caller that does not take its answer is cut off in time, however it drips, and nobody else is", async () => {
  await using listener = await start({ sendTimeoutMs: 300 });
  const slow = await slowReader(listener.port);
  const dripping = await drippingReader(listener.port);
  await sleep(2_600);
  assert.ok(dripping.wasReset(), "the stream goes on");
  dripping.socket.destroy();
  const small = await exchangeRaw(listener.port, ["GET /s/x HTTP/1.1\r\nHost: a\r\n\r\n"]);
  assert.is(small.status, 200);
  assert.ok((await bytesLeftFor(slow)) < pageBytes, "the answer goes on");
});

test("where too much waits to be taken, whoever has had longest to take it is cut off", async () => {
  await using listener = await start({ maxUnsentBytes: 1.5 * pageBytes });
  const first = await slowReader(listener.port);
  await sleep(1_200);
  const second = await slowReader(listener.port);
  await sleep(1_500);
  assert.ok((await bytesLeftFor(first)) < pageBytes, "the first goes on");
  assert.ok((await bytesLeftFor(second)) >= pageBytes, "the second was cut off");
});

test("some large answers that nobody takes do not cut off a small one that has waited for longer", () => {
  const look = takeLook();
  let nowMs = 0;
  const { watch } = createSlowReaders({ sendTimeoutMs: 60_000, maxUnsentBytes: 100 }, () => nowMs);
  const cut: string[] = [];
  const send = (name: string, writableLength: number) =>
    watch({ writableEnded: true, writableFinished: false, writableLength, destroy: () => cut.push(name) });
  send("page", 2);
  look.now();
  nowMs = 5_000;
  for (const name of ["one", "two", "three"]) send(name, 40);
  look.now();
  assert.equal(cut, ["one"]);
  nowMs = 60_000;
  look.now();
  assert.equal(cut, ["one", "page"]);
  look.end();
});

test.run();

/** Has the next interval of this process run when told to. */
function takeLook() {
  const { setInterval: real } = globalThis;
  let look = () => {};
  globalThis.setInterval = ((callback: () => void) => {
    look = callback;
    return real(() => {}, 1_000_000);
  }) as typeof setInterval;
  return {
    now: () => look(),
    end: () => {
      globalThis.setInterval = real;
    },
  };
}
