/** Whether what judges attacks on other systems can tell bad from good. */

import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { createHttpUpstream } from "./around/http-upstream.ts";
import { type Circumstances, judge, type Seen } from "./judging.ts";

const test = suite("judges of attacks on sources");

const cells = (...texts: readonly string[]) => texts.map((text) => `<td class="x">${text}</td>`).join("");
const failed = `<p class="dj-empty"><b>No</b></p>{"error":"source_timeout"}`;
const allRows = "row-EU-1 row-EU-2 row-US-1 row-IN-1";

/** By property: what must be found wrong, and what must not. */
const samples: Readonly<Record<string, { readonly bad: readonly Seen[]; readonly good: readonly Seen[] }>> = {
  rows_present: { bad: [{ body: cells("other") }, { body: "row-TT-1" }], good: [{ body: cells("row-TT-1") }] },
  rows_le_limit: { bad: [{ body: "<tr>".repeat(1_002) }], good: [{ body: "<tr>".repeat(1_001) }] },
  numbers_exact: {
    bad: [{ body: cells("9007199254740992", "1E-30") }, { body: cells("9007199254740993", "0") }],
    good: [
      { body: cells("9007199254740993", "1E-30") },
      { body: cells("9,007,199,254,740,993", `0.${"0".repeat(29)}1`) },
    ],
  },
  no_data: { bad: [{ body: cells("row-UP-1") }], good: [{ body: "nothing" }] },
  no_paths: {
    bad: [{ body: "<td>/etc/passwd</td>" }, { body: "see /tmp/x" }],
    good: [{ body: '<a href="https://links.attack.test/assets/x">a/b</a></td>' }],
  },
  no_address: {
    bad: [
      { body: "to 10.0.0.1" },
      { body: "to ::ffff:127.0.0.1" },
      { body: "to meta.test" },
      { body: "fd00:ec2::254" },
    ],
    good: [{ body: '{"problem":"the address is not public","at":"12:00:01"}' }],
  },
  panel_error_notice: { bad: [{ body: '{"error":"source_timeout"}' }, { body: "" }], good: [{ body: failed }] },
  other_panels_present: { bad: [{ body: "row-EU-1" }], good: [{ body: allRows }] },
};

for (const [name, { bad, good }] of Object.entries(samples)) {
  test(`${name} tells bad from good`, async () => {
    for (const seen of bad) assert.ok(await judge(name, [seen]), JSON.stringify(seen));
    for (const seen of good) assert.is(await judge(name, [seen]), undefined, JSON.stringify(seen));
  });
}

test("rows_present wants every value of the rows that the upstream answers now", async () => {
  const upstream = createHttpUpstream();
  const prepared = { upstream };
  const shows = (body: string) => judge("rows_present", [{ body }], { scope: { world: {}, prepared } });
  assert.is(await shows(cells("row-UP-1", "1")), undefined);
  assert.ok(await shows(cells("row-UP-1")));
  upstream.reply({ body: Buffer.from('[{"a":"other"}]') });
  assert.ok(await shows(cells("row-UP-1", "1")));
});

test("an upstream that was never asked has proved nothing", async () => {
  const steps = [{ do: "sink", id: "ds_http", reply: {} }];
  const asked = (times: number, some: Circumstances["steps"] = steps) =>
    judge("upstream_asked", [{}], { steps: some!, scope: { prepared: { timesAsked: () => times } } });
  assert.ok(await asked(0));
  assert.is(await asked(1), undefined);
  assert.is(await asked(0, []), undefined);
});

test("connections are counted, and none at all is none that was attacked", async () => {
  const count = (connections: number) =>
    judge("sink_connections_le_30", [{}], { scope: { prepared: { upstream: { connections: () => connections } } } });
  assert.ok(await count(31));
  assert.ok(await count(0));
  assert.is(await count(30), undefined);
});

test("only what comes once the circuit is open has to be fast", async () => {
  const took = (latencyMs: number) => ({ latencyMs });
  const slow = Array.from({ length: 30 }, () => took(3_000));
  const record = (outcomes: readonly Seen[]) => judge("p99_lt_200_when_open", outcomes, { asOne: true });
  assert.is(await record([...slow, ...Array.from({ length: 100 }, () => took(20))]), undefined);
  assert.ok(await record([...slow, ...Array.from({ length: 100 }, () => took(201))]));
});

type Request = { readonly path?: string; readonly headers?: readonly (readonly [string, string])[] };

const requestProperties: Readonly<
  Record<string, { readonly bad: readonly Request[]; readonly good: readonly Request[] }>
> = {
  sink_path_safe: {
    bad: [{ path: "/B/x" }, { path: "/t/A/%2e%2e/B" }, { path: "/t/A/..%2fB" }, { path: "/t/A/..\\B" }],
    good: [{ path: "/t/A/x?y=../z" }, { path: "/t/A/a%2Fb" }],
  },
  sink_headers_safe: {
    bad: [
      { headers: [] },
      { headers: [["host", "other.test"]] },
      {
        headers: [
          ["host", "sink.test"],
          ["x-injected", "1"],
        ],
      },
      {
        headers: [
          ["host", "sink.test"],
          ["authorization", "Bearer eyJhbGciOiJSUzI1NiJ9.x.y"],
        ],
      },
      {
        headers: [
          ["host", "sink.test"],
          ["connection", "keep-alive, x-secret"],
        ],
      },
      {
        headers: [
          ["host", "sink.test"],
          ["proxy-authorization", "x"],
        ],
      },
    ],
    good: [
      {
        headers: [
          ["host", "sink.test"],
          ["connection", "keep-alive"],
          ["authorization", "Bearer own"],
        ],
      },
    ],
  },
  no_auth_forwarded: {
    bad: [
      {
        headers: [
          ["host", "other.test"],
          ["authorization", "x"],
        ],
      },
      {
        headers: [
          ["host", "other.test"],
          ["cookie", "x"],
        ],
      },
    ],
    good: [
      {
        headers: [
          ["host", "sink.test"],
          ["authorization", "x"],
        ],
      },
      { headers: [["host", "other.test"]] },
    ],
  },
};

for (const [name, { bad, good }] of Object.entries(requestProperties)) {
  test(`${name} tells bad requests from good ones`, async () => {
    const ask = (request: Request) => {
      const usualRequests: object[] = [{ method: "GET", path: "/before", headers: [] }];
      const inject = { DS_URL: "http://sink.test/t/A/{{region}}" };
      return judge(name, [{}], {
        scope: { world: { around: { usualRequests } } },
        steps: [{ do: "publish", template: "http", inject }],
        meanwhile: () => usualRequests.push({ method: "GET", path: "/t/A/x", headers: [], ...request }),
      });
    };
    for (const request of bad) assert.ok(await ask(request), JSON.stringify(request));
    for (const request of good) assert.is(await ask(request), undefined, JSON.stringify(request));
  });
}

test("settings that are others than before are seen", async () => {
  for (const [name, template] of [
    ["pool_clean", "sqlpg"],
    ["pool_clean", "duckdb"],
    ["lock_held", "duckdb"],
  ] as const) {
    let settings = "3s";
    const around = { readSettings: async () => settings };
    const prepared = { variables: { SQL_CONNECTION: "c" } };
    const steps = [{ do: "publish", template }];
    const scope = { world: { around }, prepared };
    assert.is(await judge(name, [{}], { scope, steps }), undefined);
    const meanwhile = () => {
      settings = "0";
    };
    assert.ok(await judge(name, [{}], { scope, steps, meanwhile }));
  }
});

test("effects and contacts are what the world around says", async () => {
  let rows = "a";
  const around = { effects: async () => rows, mark: async () => ({}), contactedSince: async () => rows };
  const scope = { world: { around, deniedSink: { connections: () => 0 } } };
  assert.is(await judge("no_effect", [{}], { scope }), undefined);
  const meanwhile = () => {
    rows = "b";
  };
  assert.ok(await judge("no_effect", [{}], { scope, meanwhile }));
  assert.is(await judge("no_egress", [{}], { scope }), "b");
});

test("growth on disk is measured", async () => {
  let bytes = 0;
  const scope = { world: { around: { diskBytes: async () => bytes } } };
  assert.is(await judge("disk_lt_256MB", [{}], { scope }), undefined);
  const meanwhile = () => {
    bytes = 257e6;
  };
  assert.ok(await judge("disk_lt_256MB", [{}], { scope, meanwhile }));
});

test.run();
