import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { createConnectionGuard } from "../../src/source/connection-guard.ts";
import { SourceError, type SourceFailure } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";
import { guardLimits } from "./scripted-connectors.ts";

const test = suite("connection guard");

const create = (options: Partial<typeof guardLimits> = {}) => createConnectionGuard({ ...guardLimits, ...options });

const connectionOf = (name: string, tenant = "acme", revision = 1) => ({ tenant, name, revision });

const orders = connectionOf("orders");

/** What a run came to: its value, or its failure. */
const outcomeOf = <T>(run: Promise<T>) =>
  run.catch((error: unknown) => {
    if (error instanceof SourceError) return error.failure;
    throw error;
  });

const failing = (failure: SourceFailure) => async () => {
  throw new SourceError(failure, "as told");
};

/** Work that goes on until it is let go. */
function hold() {
  const gate = Promise.withResolvers<void>();
  const state = { runs: 0 };
  return {
    state,
    end: () => gate.resolve(),
    work: () => {
      state.runs += 1;
      return gate.promise;
    },
  };
}

for (const failure of ["source_unavailable", "source_timeout"] as const) {
  test(`a connection that fails five times in a row by ${failure} is left alone, and nothing is asked of it`, async () => {
    const guard = create();
    let calls = 0;
    const work = () => {
      calls += 1;
      return failing(failure)();
    };
    const outcomes: unknown[] = [];
    for (let at = 0; at < 200; at += 1) outcomes.push(await outcomeOf(guard.run(orders, 1_000, work)));
    assert.is(calls, 5);
    assert.equal([outcomes[4], outcomes[5], outcomes[199]], [failure, "source_unavailable", "source_unavailable"]);
  });
}

test("an answer in between starts the count anew, and wrong queries are not counted", async () => {
  const guard = create();
  const script = [...Array(4).fill("source_timeout"), "", ...Array(4).fill("source_unavailable")] as const;
  for (const failure of script) {
    await outcomeOf(guard.run(orders, 1_000, failure === "" ? async () => "rows" : failing(failure)));
  }
  for (let at = 0; at < 20; at += 1) await outcomeOf(guard.run(orders, 1_000, failing("source_failed")));
  assert.is(await guard.run(orders, 1_000, async () => "rows"), "rows");
});

test("slow queries do not make a connection unavailable that answers others meanwhile", async () => {
  const guard = create();
  for (let round = 0; round < 2; round += 1) {
    const holders = Array.from({ length: 5 }, hold);
    const slow = holders.map(({ work }) =>
      outcomeOf(guard.run(orders, 1_000, () => work().then(failing("source_timeout")))),
    );
    assert.is(await guard.run(orders, 1_000, async () => "quick"), "quick");
    for (const { end } of holders) end();
    assert.equal(await Promise.all(slow), Array(5).fill("source_timeout"));
  }
  assert.is(await guard.run(orders, 1_000, async () => "rows"), "rows");
});

test("after its rest one call tries a connection, the others are refused meanwhile, and an answer opens it", async () => {
  const guard = create({ failures: 2, restMs: 60 });
  const fail = () => outcomeOf(guard.run(orders, 1_000, failing("source_unavailable")));
  await fail();
  await fail();
  await sleep(80);
  const probe = hold();
  const runs = Array.from({ length: 10 }, () => outcomeOf(guard.run(orders, 1_000, probe.work)));
  const refused = await Promise.all(runs.slice(1));
  assert.equal([probe.state.runs, ...new Set(refused)], [1, "source_unavailable"]);
  probe.end();
  await runs[0];
  assert.is(await guard.run(orders, 1_000, async () => "rows"), "rows");
});

test("a try that fails leaves the connection alone for as long again", async () => {
  const guard = create({ failures: 2, restMs: 60 });
  let calls = 0;
  const fail = () =>
    outcomeOf(
      guard.run(orders, 1_000, () => {
        calls += 1;
        return failing("source_timeout")();
      }),
    );
  for (let at = 0; at < 5; at += 1) await fail();
  await sleep(80);
  for (let at = 0; at < 5; at += 1) await fail();
  assert.is(calls, 3);
});

test("a clock that is set back leaves no connection alone for longer", async () => {
  const { now } = Date;
  const guard = create();
  for (let at = 0; at < 5; at += 1) await outcomeOf(guard.run(orders, 1_000, failing("source_unavailable")));
  assert.is(await outcomeOf(guard.run(orders, 1_000, async () => "answered")), "source_unavailable");
  try {
    Date.now = () => now() - 3_600_000;
    assert.is(await outcomeOf(guard.run(orders, 1_000, async () => "answered")), "answered");
  } finally {
    Date.now = now;
  }
});

test("another tenant's connection, another one, and another revision are not left alone with it", async () => {
  const guard = create();
  for (let at = 0; at < 6; at += 1) await outcomeOf(guard.run(orders, 1_000, failing("source_unavailable")));
  const others = [connectionOf("orders", "other"), connectionOf("stock"), connectionOf("orders", "acme", 2)];
  const rows = async () => "rows";
  assert.equal(await Promise.all(others.map((each) => guard.run(each, 1_000, rows))), ["rows", "rows", "rows"]);
  assert.is(await outcomeOf(guard.run(orders, 1_000, rows)), "source_unavailable");
});

test("names that hold each other's marks are not mixed up", async () => {
  const guard = create();
  const [one, other] = [connectionOf('b",2', "a"), connectionOf("b", 'a",2')];
  for (let at = 0; at < 6; at += 1) await outcomeOf(guard.run(one, 1_000, failing("source_unavailable")));
  assert.is(await guard.run(other, 1_000, async () => "rows"), "rows");
});

test("no more than its share of a connection and of a tenant runs at once", async () => {
  const guard = create({ perConnection: 2, perTenant: 3, total: 4 });
  const holder = hold();
  const names = ["a", "a", "a", "b", "b"];
  const runs = names.map((name) => guard.run(connectionOf(name), 1_000, holder.work));
  const others = ["other", "third"].map((tenant) => guard.run(connectionOf("a", tenant), 1_000, holder.work));
  await sleep(5);
  assert.is(holder.state.runs, 4, "two of a, one of b, and of all tenants one more");
  holder.end();
  await Promise.all([...runs, ...others]);
  assert.is(holder.state.runs, 7);
});

test("what finds no room within half of its time is refused, and that is no failure of the connection", async () => {
  const guard = create({ perConnection: 1, failures: 1 });
  const holder = hold();
  const running = guard.run(orders, 1_000, holder.work);
  const startMs = performance.now();
  const late = await Promise.all([40, 40, 40].map((ms) => outcomeOf(guard.run(orders, ms, async () => "rows"))));
  assert.equal(late, Array(3).fill("source_unavailable"));
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs >= 19, `${tookMs} ms`);
  holder.end();
  await running;
  assert.is(await guard.run(orders, 40, async () => "rows"), "rows");
});

test("what waited is told that less of its time is left", async () => {
  const guard = create({ perConnection: 1 });
  const first = guard.run(orders, 1_000, () => sleep(30));
  const leftMs = await guard.run(orders, 1_000, async (left) => left);
  assert.ok(leftMs < 975 && leftMs > 500, `${leftMs} ms`);
  await first;
});

test("where too many wait for a connection the next is refused at once, and another connection has none of it", async () => {
  const guard = create({ perConnection: 1, maxWaiting: 2 });
  const holder = hold();
  const runs = [1, 2, 3].map(() => guard.run(orders, 60_000, holder.work));
  assert.is(await outcomeOf(guard.run(orders, 60_000, holder.work)), "source_unavailable");
  assert.is(await guard.run(connectionOf("stock"), 60_000, async () => "rows"), "rows");
  holder.end();
  await Promise.all(runs);
});

test("those who wait when a connection turns out to be down are refused without asking it", async () => {
  const guard = create({ perConnection: 5 });
  const holder = hold();
  const running = Array.from({ length: 5 }, () =>
    outcomeOf(guard.run(orders, 1_000, () => holder.work().then(failing("source_timeout")))),
  );
  let asked = 0;
  const waiting = Array.from({ length: 10 }, () =>
    outcomeOf(
      guard.run(orders, 1_000, async () => {
        asked += 1;
      }),
    ),
  );
  await sleep(1);
  holder.end();
  assert.equal([...new Set(await Promise.all(running))], ["source_timeout"]);
  assert.equal([...new Set(await Promise.all(waiting))], ["source_unavailable"]);
  assert.is(asked, 0);
});

test("however many connections fail, only the latest thousand are remembered", async () => {
  const guard = create({ failures: 1 });
  const fail = (at: number) => outcomeOf(guard.run(connectionOf(`c${at}`), 1_000, failing("source_unavailable")));
  for (let at = 0; at < 1_001; at += 1) await fail(at);
  assert.is(await guard.run(connectionOf("c0"), 1_000, async () => "rows"), "rows");
  assert.is(await outcomeOf(guard.run(connectionOf("c1000"), 1_000, async () => "rows")), "source_unavailable");
});

test("a tenant whose connections all hang takes nothing from another", async () => {
  const guard = create();
  const hanging = hold();
  const names = Array.from({ length: 10 }, (_, at) => connectionOf(`c${at}`));
  const stuck = names.flatMap((each) =>
    Array.from({ length: 50 }, () => outcomeOf(guard.run(each, 400, hanging.work))),
  );
  await sleep(1);
  assert.is(hanging.state.runs, guardLimits.perTenant);
  for (let at = 0; at < 200; at += 1) {
    assert.is(await guard.run(connectionOf("orders", "other"), 1_000, async () => "rows"), "rows");
  }
  const outcomes = await Promise.all(stuck.map((run) => Promise.race([run, sleep(1_000, "runs")])));
  assert.equal(
    ["runs", "source_unavailable"].map((outcome) => outcomes.filter((each) => each === outcome).length),
    [guardLimits.perTenant, 500 - guardLimits.perTenant],
  );
  hanging.end();
  await Promise.all(stuck);
});

test.run();
