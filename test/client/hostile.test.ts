import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createDashboardsClient } from "@datajetty/dashboards-client";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";

/** What the client makes of a service that means harm. */
const test = suite("the client, among enemies");

async function start(answer: RequestListener) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

test("a token follows no redirect, to another origin or to the same", async () => {
  const seen: string[] = [];
  const elsewhere = await start((request, response) => {
    seen.push(`${request.url}`);
    response.end();
  });
  for (const status of [301, 302, 303, 307, 308]) {
    for (const location of [`${elsewhere.url}/taken`, "/taken"]) {
      const service = await start((request, response) => {
        if (request.url === "/taken") seen.push("same");
        response.writeHead(status, { location }).end();
      });
      const client = createDashboardsClient({ baseUrl: service.url, token: "a.b.c", retries: 0 });
      const answer = await client.render({ dashboardId: "x" });
      assert.ok(!answer.ok && answer.error.code === "unreachable", `${status}`);
      service.close();
    }
  }
  assert.equal(seen, []);
  elsewhere.close();
});

test("an answer without an end is given up, and not asked for again", async () => {
  const chunk = new Uint8Array(64 * 1024 * 1024);
  let asked = 0;
  let isLeft = false;
  const fetch = async () => {
    asked += 1;
    return new Response(
      new ReadableStream({
        pull: (stream) => stream.enqueue(chunk),
        cancel: () => {
          isLeft = true;
        },
      }),
      { status: 200, headers: { "content-type": "application/proto" } },
    );
  };
  const client = createDashboardsClient({ baseUrl: "http://service.test", token: "a.b.c", fetch });
  const answer = await client.render({ dashboardId: "x" });
  assert.ok(!answer.ok && answer.error.reason === "UNEXPECTED_ANSWER");
  assert.equal([asked, isLeft], [1, true]);
});

test.run();
