import { once } from "node:events";
import { connect, constants } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { base, startListener } from "./start.ts";

const test = suite("callers of HTTP/2 who go away");
const rendered = new Set<string>();
const aborted = new Set<string>();
const left = Promise.withResolvers<void>();
const { listener, origin } = await startListener({
  async render({ dashboardId }, context) {
    rendered.add(dashboardId);
    // It is looked at only when the caller has left.
    if (dashboardId === "late") await left.promise;
    const { signal } = context;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    aborted.add(dashboardId);
    return { html: "" };
  },
});
const session = connect(origin);
test.after(async () => {
  session.close();
  await listener.close(100);
});

const begin = (dashboardId: string, isWhole: boolean) => {
  const stream = session.request({
    ":method": "POST",
    ":path": `${base}/render`,
    "content-type": "application/json",
  });
  stream.on("error", () => {});
  stream[isWhole ? "end" : "write"](JSON.stringify({ dashboard_id: dashboardId }));
  return stream;
};

for (const dashboardId of ["soon", "late"]) {
  test(`their calls are told, also where nobody looked before they left: ${dashboardId}`, async () => {
    const stream = begin(dashboardId, true);
    while (!rendered.has(dashboardId)) await sleep(5);
    // A turn for whoever looks at once, and a while for the news that they have left.
    await sleep(20);
    stream.close(constants.NGHTTP2_CANCEL);
    await once(stream, "close");
    await sleep(50);
    if (dashboardId === "late") left.resolve();
    while (!aborted.has(dashboardId)) await sleep(5);
  });
}

test("a body that they left off is not acted on, although it could be read", async () => {
  const stream = begin("unfinished", false);
  await sleep(50);
  // Without the end that Node's own close would send first.
  stream.destroy();
  await once(stream, "close");
  await sleep(100);
  assert.not.ok(rendered.has("unfinished"));
});

test.run();
