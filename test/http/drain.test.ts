import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { requestHttp2 } from "./http2.ts";
import { base, exchangeRaw, startListener } from "./start.ts";

const test = suite("draining");

const call = { ":method": "POST", ":path": `${base}/render`, "content-type": "application/json" };
const raw = `POST ${base}/render HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`;

/** A listener whose Render answers once released, and one call of it in flight over each version of HTTP. */
async function startSlow() {
  const held = Promise.withResolvers<void>();
  const started = await startListener({ render: () => held.promise.then(() => ({ html: "<div></div>" })) });
  const calls = [
    exchangeRaw(started.port, [raw], { quietMs: 0, waitMs: 5_000 }),
    requestHttp2(started.port, call, "{}"),
  ] as const;
  await sleep(100);
  return { ...started, calls, release: held.resolve };
}

test("what is in flight is answered, and then the connections end", async () => {
  const { listener, calls, release } = await startSlow();
  const closed = listener.close(5_000);
  await sleep(150);
  release();
  const [http1, http2] = await Promise.all(calls);
  assert.is(http1.status, 200);
  assert.match(http1.text, /^connection: close\r?$/im);
  assert.ok(http1.closed);
  assert.is(http2.status, 200);
  const before = Date.now();
  await closed;
  assert.ok(Date.now() - before < 500);
});

test("no more connections are taken", async () => {
  const { listener, port, calls, release } = await startSlow();
  const closed = listener.close(5_000);
  // What had come by then is taken in.
  await sleep(50);
  const socket = connect(port, "127.0.0.1");
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  assert.is(error.code, "ECONNREFUSED");
  release();
  await Promise.all([closed, ...calls]);
});

test("readiness says so to whoever is still connected, and idle connections end", async () => {
  const { listener, port } = await startListener({});
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  await once(session, "remoteSettings");
  const socket = connect(port, "127.0.0.1");
  socket.write("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n");
  const [first] = await once(socket, "data");
  assert.match(`${first}`, /"ready"/);
  const closed = listener.close(5_000);
  socket.write("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n");
  const [second] = await once(socket, "data");
  assert.match(`${second}`, /^HTTP\/1\.1 503/);
  assert.match(`${second}`, /"draining"/);
  await Promise.all([closed, once(session, "close"), once(socket, "close")]);
});

test("a connection that is made before brings its first request some time later, and is answered", async () => {
  const { listener, port } = await startListener({});
  const [late, silent] = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
  await Promise.all([once(late, "connect"), once(silent, "connect")]);
  const closed = listener.close(5_000);
  await sleep(300);
  late.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  const [answer] = await once(late, "data");
  assert.match(`${answer}`, /^HTTP\/1\.1 200[\s\S]*^connection: close\r$/im);
  const before = Date.now();
  await Promise.all([closed, once(silent.resume(), "close")]);
  assert.ok(Date.now() - before < 2_000, "who says nothing holds up a drain");
});

test("what does not end in time is cut", async () => {
  const { listener, calls } = await startSlow();
  calls[1].catch(() => {});
  const before = Date.now();
  await listener.close(200);
  assert.ok(Date.now() - before < 1_000);
  assert.is((await calls[0]).status, 0);
});

test("nothing that was sent is lost under load", async () => {
  const { listener, port } = await startListener({ render: () => ({ html: "<div></div>" }) });
  const { Agent, request } = await import("node:http");
  const agent = new Agent({ keepAlive: true });
  const outcomes: string[] = [];
  let going = true;
  const client = async () => {
    while (going) {
      const outcome = await new Promise<string>((resolve) => {
        const outgoing = request({ port, path: "/healthz", agent }, (response) => {
          response.resume().once("end", () => resolve(`${response.statusCode}`));
        });
        outgoing.once("error", (error: NodeJS.ErrnoException) => resolve(`${error.code}`));
        outgoing.end();
      });
      outcomes.push(outcome);
      if (outcome !== "200") return;
    }
  };
  const clients = Array.from({ length: 20 }, client);
  while (outcomes.length <= 100) await sleep(20);
  await listener.close(5_000);
  going = false;
  await Promise.all(clients);
  agent.destroy();
  assert.equal([...new Set(outcomes)].sort(), ["200", "ECONNREFUSED"]);
});

test.run();
