import { type Benchmark, costAtMost } from "./benchmark.ts";
import { compareCosts } from "./compare-cost.ts";
import { startRawClient } from "./raw-client.ts";
import { startReference } from "./reference.ts";
import { takeRawAnswers } from "./take-raw-answers.ts";
import { renderPath } from "./tenants.ts";

const status = 503;

const requests = [
  {
    path: renderPath,
    headers: { authorization: `Bearer ${"x".repeat(400)}`, "content-type": "application/json" },
    body: '{"dashboard_id":"dashboard"}',
  },
];

/** Under overload most of the work is refusing, and what that takes is missing to those who are served. */
export const benchmark: Benchmark = {
  name: "refusal",
  about: "a request that is refused because too much is asked, and node:http sending the same",
  unit: "us of CPU a request",
  goal: costAtMost(1.5),
  async run(progress) {
    const opened = new AsyncDisposableStack();
    try {
      const start = async (module: string, answers: readonly unknown[]) => {
        const server = await startReference(module, answers);
        opened.defer(server.end);
        const client = await startRawClient(server.url, requests, status);
        opened.defer(client.end);
        return { server, client, url: server.url };
      };
      const ours = await start(import.meta.resolve("./refusing-listener.ts"), []);
      const reference = await start(
        import.meta.resolve("./raw-reference.ts"),
        await takeRawAnswers(ours.url, requests, status),
      );
      return await compareCosts({ ours, reference, cycle: 100 }, progress);
    } finally {
      await opened.disposeAsync();
    }
  },
};
