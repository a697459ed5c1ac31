import { equal, is } from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import type { Answers } from "../../src/main/answers.ts";
import { readPageFiles } from "../../src/main/assets.ts";
import { createFront } from "../../src/main/front.ts";
import { suite } from "../harness.ts";

const test = suite("front");

test("calls and links are refused until the service is warm, and probes are not", async () => {
  let isWarm = false;
  const page = { status: 200, headers: {}, body: "a page" };
  const answers: Pick<Answers, "find" | "openShare" | "busyPage"> = {
    find: ({ path }) => (path === "/call" ? { requestPath: path, answer: async () => page } : undefined),
    openShare: async () => page,
    busyPage: { status: 503, headers: {}, body: "busy" },
  };
  const front = createFront({
    config: { tls: undefined, trustedProxies: [] },
    answers: () => answers as Answers,
    isWarm: () => isWarm,
    ready: async () => ({ ready: isWarm }),
    pageFiles: readPageFiles(),
    log: createLog("silent"),
  });
  const port = await front.listen(0, "127.0.0.1");
  try {
    const statuses = async () => {
      const paths = ["/call", "/s/a-token", "/healthz"];
      return Promise.all(paths.map(async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).status));
    };
    equal(await statuses(), [503, 503, 200]);
    is((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 503);
    const { headers } = await fetch(`http://127.0.0.1:${port}/call`);
    is(Number(headers.get("retry-after")) > 0, true);
    isWarm = true;
    equal(await statuses(), [200, 200, 200]);
  } finally {
    await front.close(0);
  }
});

test.run();
