import { once } from "node:events";
import { createServer } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { readBody } from "../../src/http/read-body.ts";
import { suite } from "../harness.ts";

const test = suite("bodies");
const maxBytes = 300_000;

/** Bodies are read at once, and after what can arrive has arrived. */
const server = createServer(async (request, response) => {
  if (request.url === "/later") for (let turns = 0; turns < 20; turns += 1) await nextTurn();
  const body = await readBody(request, response, maxBytes);
  request.resume();
  response.end(body ?? "too large");
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;
test.after(() => {
  server.close();
  server.closeAllConnections();
});

for (const when of ["now", "later"]) {
  // A socket is read in parts of 64 KiB.
  for (const size of [0, 1, 65_000, 65_536, 67_000, 90_000, 131_072, 200_000, maxBytes]) {
    test(`one of ${size} bytes is read whole, ${when}`, async () => {
      const sent = Buffer.alloc(size, "dashboards ");
      const answer = await fetch(`http://127.0.0.1:${port}/${when}`, { method: "POST", body: sent });
      assert.ok(Buffer.from(await answer.arrayBuffer()).equals(sent));
    });
  }

  test(`one that is too large is not, ${when}`, async () => {
    const body = Buffer.alloc(maxBytes + 1);
    const answer = await fetch(`http://127.0.0.1:${port}/${when}`, { method: "POST", body });
    assert.is(await answer.text(), "too large");
  });
}

const http2 = createHttp2Server(async (request, response) => {
  const reading = Promise.resolve(readBody(request, response, maxBytes));
  const body = await reading.catch((error: Error) => `failed: ${error.message}`);
  http2.emit("read", `${body}`);
  if (!response.stream.destroyed) response.end(body ?? "too large");
});
await new Promise<void>((resolve) => http2.listen(0, "127.0.0.1", resolve));
const session = connect(`http://127.0.0.1:${(http2.address() as AddressInfo).port}`);
test.after(() => {
  session.close();
  http2.close();
});

test("one of HTTP/2 of which only the beginning came is not whole", async () => {
  const read = once(http2, "read");
  const stream = session.request({ ":method": "POST", ":path": "/" });
  stream.on("error", () => {});
  stream.write("dash");
  await sleep(50);
  stream.destroy();
  assert.match(`${await read}`, /^failed: /);
});

test("one of HTTP/2 that comes after somebody waits for it is whole", async () => {
  const answers = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const stream = session.request({ ":method": "POST", ":path": "/" });
      // Its head is there by then, and the server waits.
      await sleep(50);
      stream.end("dashboards");
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    }),
  );
  assert.equal([...new Set(answers)], ["dashboards"]);
});

test.run();
