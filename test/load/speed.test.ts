/** A few seconds of what `npm run overload` does for a minute, with room for a machine that has other things to do. */
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { startLoadProcess } from "./load-process.ts";
import { overload } from "./overload-run.ts";
import { basePath, startLoadWorld } from "./world.ts";

const test = suite("a service under load");
const world = await startLoadWorld(16);
const client = startLoadProcess();
test.after(async () => {
  client.end();
  await world.close();
});

test("offered three times what it can do, it goes on with some of that, refuses the rest, and recovers", async () => {
  const times = { seconds: 3, warmUpSeconds: 3, stepSeconds: 2, recoverySeconds: 3 };
  const figures = await overload(world, client, { multiple: 3, steps: [32], ...times, progress: () => {} });
  const { rounds, promises } = figures;
  const told = JSON.stringify(figures);
  // How much and how soon is for a machine that has nothing else to do.
  const timed = /^(goodput|of what|the client)/;
  const broken = Object.keys(promises).filter((name) => promises[name] === false && !timed.test(name));
  assert.equal(broken, [], told);
  assert.is(rounds.length, 1);
  assert.ok(rounds[0]!.goodputPercent > 5, told);
  assert.ok(rounds[0]!.load.shed.count > 0, told);
});

test("a process that was stopped for two seconds answers all that came meanwhile", async () => {
  const { token } = world.tenants[0]!;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  world.signal("SIGSTOP");
  const asked = Array.from({ length: 50 }, async (_, at) => {
    const body = JSON.stringify({ dashboard_id: "orders", filters: { least: `1.${at}` } });
    const answer = await fetch(`${world.url}${basePath}/render`, { method: "POST", headers, body });
    await answer.arrayBuffer();
    return answer.status;
  });
  await sleep(2_000);
  world.signal("SIGCONT");
  const statuses = await Promise.all(asked);
  assert.equal(
    statuses.filter((status) => status !== 200 && status !== 503),
    [],
  );
});

test.run();
