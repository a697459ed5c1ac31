import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
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

test.run();
