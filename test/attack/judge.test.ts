/** Whether what judges the attacks can tell bad from good: a judge that passes everything is none. */
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { readResponses } from "./http-response.ts";
import { inputsOf } from "./inputs.ts";
import { judge, type Seen } from "./judging.ts";
import { closePageReader, openPageReader } from "./page-reader.ts";
import { findProperty, universalProperties } from "./properties/table.ts";
import { fillIn } from "./variables.ts";

const test = suite("judges of attacks");

test.after(closePageReader);

const json = { "content-type": "application/json" };
const notFound = '{"error":"not_found","message":"nothing is here"}';
const ownScript = `<script defer src="https://links.attack.test/assets/dashboard.0123456789abcdef.js" integrity="sha384-${"a".repeat(64)}" crossorigin="anonymous"></script>`;
const island = '<div><script type="application/json">{"a":1}</script></div>';

/** By property: what must be found wrong, and what must not. */
const samples: Readonly<Record<string, { readonly bad: readonly Seen[]; readonly good: readonly Seen[] }>> = {
  no_5xx: { bad: [{ status: 500 }], good: [{ status: 404 }] },
  error_shape: {
    bad: [
      { status: 404, body: notFound },
      { status: 400, headers: json, body: notFound },
      { status: 404, headers: json, body: '{"error":"not_found","stack":"x"}' },
      { status: 404, headers: json, body: "[]" },
    ],
    good: [{ status: 404, headers: json, body: notFound }],
  },
  no_internals: {
    bad: [
      { body: "x\n    at f (/a/b.ts:1:2)" },
      { body: "/srv/service/src/rpc/gate.ts" },
      { headers: { "x-powered-by": "Express" } },
      { body: "code ECONNREFUSED" },
      { body: "DrizzleQueryError" },
    ],
    good: [{ body: "a page about relations and columns" }],
  },
  no_reflect: {
    bad: [
      { status: 400, inputs: ["<script>x"], body: "no <script>x here" },
      { status: 400, inputs: ['a"quote"'], body: 'bad: a\\"quote\\"' },
      { status: 404, inputs: ["<b>bold"], body: "no &lt;b&gt;bold" },
    ],
    good: [
      { status: 400, inputs: ["<script>x"], body: "no such thing" },
      { status: 400, inputs: ["1000"], body: "at most 10000" },
    ],
  },
  www_authenticate: { bad: [{ status: 401 }], good: [{ status: 401, headers: { "www-authenticate": "Bearer" } }] },
  request_id_safe: {
    bad: [{}, { headers: { "x-request-id": "<b>" } }, { headers: { "x-request-id": "a b" } }],
    good: [{ headers: { "x-request-id": "a-1" } }],
  },
  no_header_injection: { bad: [{ headers: { "set-cookie": "a=b" } }], good: [{ headers: json }] },
  share_headers: { bad: [{ headers: { "referrer-policy": "no-referrer" } }], good: [] },
  only_rows_EU: { bad: [{ body: "row-EU-1 row-EU-2 row-US-1" }, { body: "" }], good: [{ body: "row-EU-1 row-EU-2" }] },
  zero_rows: { bad: [{ body: "row-EU-1" }], good: [{ body: "nothing" }, { status: 400 }] },
  svg_finite: { bad: [{ body: '<svg d="M NaN 1"></svg>' }], good: [{ body: '<p>NaN</p><svg d="M 0 1"></svg>' }] },
  no_exec: {
    bad: [
      { body: "<img src=x onerror=f()>" },
      { body: '<a href="javascript:f()">x</a>' },
      { body: "<script>f()</script>" },
      { body: '<script defer src="https://links.attack.test/assets/dashboard.0123456789abcdef.js"></script>' },
      { body: ownScript.replace("links.attack.test", "elsewhere.test") },
      { body: ownScript + ownScript },
      { body: "<iframe src=x></iframe>" },
      { body: '<b title=">" onclick="f()">x</b>' },
    ],
    good: [{ body: `${ownScript}${island}<p title="x onerror=1">onerror=f()</p>` }],
  },
  hydration_roundtrip: {
    bad: [{ body: "<div></div>" }, { body: island.replace("1", "oops") }],
    good: [{ body: island }],
  },
  no_page_egress: {
    bad: [{ body: "<img src=http://evil.test/x>" }, { body: '<p style="background:url(https://evil.test/)">x</p>' }],
    good: [{ body: '<a href="http://evil.test/">x</a>' }],
  },
  csp_strict: {
    bad: [
      {},
      { headers: { "content-security-policy": "default-src 'none'; script-src 'unsafe-inline'" } },
      { headers: { "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'self'" } },
    ],
    good: [
      {
        headers: {
          "content-security-policy":
            "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        },
      },
    ],
  },
  only_this_dashboard: { bad: [{ body: "" }, { body: "CANARY_A CANARY_B" }], good: [{ body: "CANARY_A" }] },
  truncation_notice: {
    bad: [{ body: "<p>rows</p>" }],
    good: [{ body: '<p class="dj-foot">Only the first 1,000 rows of the source</p>' }],
  },
  B_unaffected: {
    bad: [{}, { caller: "B", status: 503 }, { caller: "B", body: "" }],
    good: [{ caller: "B", body: "CANARY_B" }],
  },
  connect_code_not_found: { bad: [{ body: '{"code":"internal"}' }], good: [{ body: '{"code":"not_found"}' }] },
  grpc_status_deadline_exceeded: {
    bad: [{}, { headers: { "grpc-status": "0" } }],
    good: [{ headers: { "grpc-status": "4" } }],
  },
  grpc_status_invalid_or_internal: {
    bad: [{ headers: { "grpc-status": "8" } }],
    good: [{ headers: { "grpc-status": "3" } }, { headers: { "grpc-status": "13" } }],
  },
  no_secret: { bad: [{ body: "CANARY_SECRET" }], good: [{ body: "nothing" }] },
  no_other_tenant: {
    bad: [{ body: "CANARY_B" }, { caller: "B", body: "CANARY_A" }, { headers: { etag: "CANARY_B" } }],
    good: [{ body: "CANARY_A" }, { caller: "B", body: "CANARY_B" }],
  },
  each_own_canary: { bad: [{ body: "" }, { caller: "B", body: "CANARY_A" }], good: [{ body: "CANARY_A" }] },
  same_body_as_step_1: { bad: [{ body: "a" }, { body: "b" }], good: [] },
  closed_or_4xx: { bad: [{ status: 200 }], good: [{ status: 400 }] },
  lat_lt_500: { bad: [{ latencyMs: 501 }], good: [{ latencyMs: 499 }] },
  share_shape: {
    bad: [{ body: "{}" }, { body: '{"url":"u","share_id":"s","expires_at":"2026-01-01T00:00:00Z","sql":"x"}' }],
    good: [{ body: '{"url":"u","share_id":"s","expires_at":"2026-01-01T00:00:00Z"}' }],
  },
  expires_at_exact: {
    bad: [{ sentAtMs: 0, json: { expires_in_s: 60 }, body: '{"expires_at":"1970-01-01T00:02:00Z"}' }],
    good: [{ sentAtMs: 0, json: { expires_in_s: 60 }, body: '{"expires_at":"1970-01-01T00:01:01Z"}' }],
  },
};

for (const [name, { bad, good }] of Object.entries(samples)) {
  test(`${name} tells bad from good`, async () => {
    if (name === "same_body_as_step_1") assert.ok(await judge(name, bad));
    else for (const seen of bad) assert.ok(await judge(name, [seen]), JSON.stringify(seen));
    for (const seen of good) assert.is(await judge(name, [seen]), undefined);
  });
}

/** Pages that run a script in ways of their own, on opening or when they are used. */
const running = [
  "<script>__xss()</script>",
  '<a href="javascript:__xss()">x</a>',
  '<iframe srcdoc="<script>parent.__xss()</script>"></iframe>',
  "<svg><animate onbegin=__xss() attributeName=x dur=1s></svg>",
  "<details open ontoggle=__xss()>x</details>",
  "<form action=javascript:__xss()><input type=submit value=x></form>",
  "<input onfocus=__xss() autofocus>",
  '<div style="position:fixed;inset:0" onmouseover=__xss()>x</div>',
  '<noscript><p title="</noscript><img src=x onerror=__xss()>">',
];

for (const html of running) {
  test(`the browser sees ${html} run`, async () => {
    const reader = await openPageReader();
    assert.ok((await reader.visit(html, noAssets)).calls > 0);
  });
}

test("the browser sees dialogs and requests, and no more than there are", async () => {
  const reader = await openPageReader();
  const see = (html: string) => reader.visit(html, noAssets);
  assert.is((await see("<script>alert(1)</script>")).dialogs, 1);
  assert.equal((await see("<link rel=stylesheet href=http://evil.test/s.css>")).foreign, ["http://evil.test/s.css"]);
  assert.equal(await see('<p>__xss()</p><a href="https://evil.test/">x</a>'), { calls: 0, dialogs: 0, foreign: [] });
});

const noAssets = () => Promise.reject(new Error("there are none"));

test("a nonce serves one response", async () => {
  const page = (nonce: string): Seen => ({ headers: { "content-security-policy": `script-src 'nonce-${nonce}'` } });
  assert.ok(await judge("nonce_unique_or_hash_based", [page("a"), page("a")]));
  assert.is(await judge("nonce_unique_or_hash_based", [page("a"), page("b")]), undefined);
});

test("a token in the log is found, whole or by its signature", async () => {
  const token = `${"h".repeat(10)}.${"p".repeat(30)}.${"s".repeat(43)}`;
  const judgeLog = (line: string) => {
    const log: string[] = [];
    const scope = { world: { service: { log } }, shareIds: new Map([[token, "id"]]) };
    return judge("token_not_in_logs", [{}], { scope, meanwhile: () => log.push(line) });
  };
  assert.ok(await judgeLog(`opened ${token}`));
  assert.ok(await judgeLog(`signed ${"s".repeat(43)}`));
  assert.is(await judgeLog("opened"), undefined);
});

test("what was fetched from the issuer during a case is counted, and nothing before it", async () => {
  let fetches = 5;
  const judgeFetches = (more: number) =>
    judge("jwks_fetches_le_2", [{}], {
      scope: { world: { jwksFetches: () => fetches } },
      meanwhile: () => {
        fetches += more;
      },
    });
  assert.is(await judgeFetches(2), undefined);
  assert.ok(await judgeFetches(3));
});

test("timings that differ are told apart", async () => {
  const around = (ms: number) => Array.from({ length: 200 }, (_, index) => ms + (index % 10) / 10);
  const judgePair = (aMs: number[], bMs: number[]) => judge("timing_indistinct", [{}], { pair: { aMs, bMs } });
  assert.ok(await judgePair(around(2), around(9)));
  assert.ok(await judgePair(around(2), around(3)));
  assert.is(await judgePair(around(2), around(2)), undefined);
});

test("a property that nobody has written is none", () => {
  assert.is(findProperty("no_such_thing"), undefined);
  assert.is(findProperty("constructor"), undefined);
  assert.ok(universalProperties.alive);
});

test("only names that are variables are filled in", () => {
  const place = (name: string) => `\${${name}}`;
  const rest = `${place("b")}${place("7*7")}{{a}}`;
  assert.is(fillIn(place("a") + rest, { a: "1" }), `1${rest}`);
});

test("what a caller wrote is found in body, query and link", () => {
  assert.equal(inputsOf("/s/%3Cb%3Ebold?q=%3Ci%3E", undefined, '{"a":{"b c":["value-1"]}}'), [
    "q=%3Ci%3E",
    "q=<i>",
    "%3Cb%3Ebold?q=%3Ci%3E",
    "<b>bold?q=<i>",
    "value-1",
  ]);
});

test("responses are read off a connection, whatever their framing", () => {
  const text = [
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nx: y\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\ncontent-length: 1\r\n\r\nc",
    "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nd",
  ];
  const { responses } = readResponses(Buffer.from(text.join("")), "GET", false);
  assert.equal(
    responses.map(({ status, body }) => [status, body]),
    [
      [200, "ab"],
      [404, "c"],
    ],
  );
});

test.run();
