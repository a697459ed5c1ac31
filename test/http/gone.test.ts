import { once } from "node:events";
import { connect, constants } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { base, startListener } from "./start.ts";

const test = suite("callers of HTTP/2 who go away");
const rendered: string[] = [];
const aborted = new Set<string>();
const { listener, origin } = await startListener({
  async render({ dashboardId }, context) {
    rendered.push(dashboardId);
    // It is looked at only now, when the caller may have left.
    await sleep(dashboardId === "late" ? 100 : 0);
    context.signal.addEventListener("abort", () => aborted.add(dashboardId));
    if (context.signal.aborted) aborted.add(dashboardId);
    await sleep(400);
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
    while (!rendered.includes(dashboardId)) await sleep(5);
    await sleep(20);
    stream.close(constants.NGHTTP2_CANCEL);
    await once(stream, "close");
    await sleep(200);
    assert.ok(aborted.has(dashboardId));
  });
}

test("a body that they left off is not acted on, although it could be read", async () => {
  const stream = begin("unfinished", false);
  await sleep(50);
  stream.close(constants.NGHTTP2_CANCEL);
  await once(stream, "close");
  await sleep(100);
  assert.not.ok(rendered.includes("unfinished"));
});

test.run();
