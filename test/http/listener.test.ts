import { gunzipSync } from "node:zlib";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { suite } from "../harness.ts";
import { requestHttp2 } from "./http2.ts";
import { base, exchangeKey, exchangeRaw, rpcBase, startListener } from "./start.ts";

const test = suite("the listener");

let ready = true;
let asked = 0;
let passedMs = 0;
const opened: string[] = [];
const css = Buffer.from("p{color:red}".repeat(20));
const { listener, port, origin, requests, lines } = await startListener(
  {
    render: ({ dashboardId }, { values, protocolName }) => {
      const exchange = values.get(exchangeKey)!;
      if (dashboardId === "broken") throw new Error("SECRET");
      if (dashboardId === "never") return new Promise(() => {});
      if (dashboardId === "long") return { html: "x".repeat(2_000) };
      const { requestId, requestIdGiven, requestIdProblem, remoteAddress } = exchange;
      return { html: [protocolName, requestId, requestIdGiven, requestIdProblem, remoteAddress].join(" ") };
    },
    getDefinition: ({ dashboardId }) => ({ author: dashboardId }),
  },
  {
    ready: async () => {
      asked += 1;
      return { ready, database: ready ? "up" : "down" };
    },
    now: () => passedMs + performance.now(),
    trustedProxies: [{ address: "127.0.0.0", family: "ipv4", prefixBits: 8 }],
    share: async (token, query, { remoteAddress }) => {
      if (token === "broken") throw new Error("SECRET");
      opened.push(`${token} ${query} ${remoteAddress}`);
      return {
        status: 200,
        headers: { "content-type": "text/html; charset=utf-8" },
        body: "<p>dashboard</p>".repeat(100),
      };
    },
    assets: new Map([
      ["/assets/a.css", { type: "text/css", body: css, gzip: Buffer.from("gzipped"), br: Buffer.from("brotli") }],
      ["/assets/b.js", { type: "text/javascript", body: Buffer.from("1") }],
    ]),
    makeAsset: (path) => (path === "/assets/made/a.css" ? { type: "text/css", body: Buffer.from(".a{}") } : undefined),
  },
);
test.after(() => listener.close(0));

const render = (body = "{}", headers: Record<string, string> = {}) =>
  fetch(`${origin}${base}/render`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", "accept-encoding": "identity", ...headers },
  });

test("a REST call is answered", async () => {
  const response = await render('{"dashboard_id":"a"}', { "x-request-id": "k1" });
  assert.is(response.status, 200);
  assert.is(response.headers.get("x-request-id"), "k1");
  assert.is(response.headers.get("x-content-type-options"), "nosniff");
  assert.is(response.headers.get("cache-control"), "no-store");
  assert.is(response.headers.get("access-control-allow-origin"), null);
  assert.is(response.headers.get("server"), null);
  assert.is(response.headers.get("x-powered-by"), null);
  assert.is(((await response.json()) as { html: string }).html, "rest k1 true false 127.0.0.1");
});

for (const [name, transport] of [
  ["connect", createConnectTransport({ baseUrl: origin, httpVersion: "1.1" })],
  ["connect", createConnectTransport({ baseUrl: origin, httpVersion: "2", useBinaryFormat: true })],
  ["grpc", createGrpcTransport({ baseUrl: origin })],
  ["grpc-web", createGrpcWebTransport({ baseUrl: origin, httpVersion: "1.1" })],
  ["grpc-web", createGrpcWebTransport({ baseUrl: origin, httpVersion: "2" })],
] as const) {
  test(`a ${name} call is answered on the same port`, async () => {
    let id: string | null = null;
    const options = {
      headers: { "x-request-id": "k2" },
      onHeader: (header: Headers) => (id = header.get("x-request-id")),
    };
    const { html } = await createClient(DashboardsService, transport).render({ dashboardId: "a" }, options);
    assert.is(html, `${name} k2 true false 127.0.0.1`);
    assert.is(id, "k2");
  });
}

test("REST is served over HTTP/2 too", async () => {
  const { status, headers, text } = await requestHttp2(
    port,
    {
      ":method": "POST",
      ":path": `${base}/render`,
      "content-type": "application/json",
      "x-request-id": "k3",
    },
    "{}",
  );
  assert.is(status, 200);
  assert.is(headers["x-request-id"], "k3");
  assert.is(JSON.parse(text).html, "rest k3 true false 127.0.0.1");
});

const ids: [name: string, headers: [string, string][], given: string | null][] = [
  ["255 characters", [["x-request-id", "a".repeat(255)]], "a".repeat(255)],
  ["all that may be in it", [["x-request-id", "!#$%&()*+,-./:;=?@[]^_`{|}~"]], "!#$%&()*+,-./:;=?@[]^_`{|}~"],
  ["an idempotency key alone", [["idempotency-key", "k"]], "k"],
  [
    "both, alike",
    [
      ["x-request-id", "k"],
      ["idempotency-key", "k"],
    ],
    "k",
  ],
  ["256 characters", [["x-request-id", "a".repeat(256)]], null],
  ["nothing in it", [["x-request-id", ""]], null],
  ["a space", [["x-request-id", "a b"]], null],
  ["markup", [["x-request-id", "<b>"]], null],
  ["quotes", [["x-request-id", '{"level":"fatal"}']], null],
  ["a backslash", [["x-request-id", "a\\b"]], null],
  [
    "two of them",
    [
      ["x-request-id", "a"],
      ["x-request-id", "a"],
    ],
    null,
  ],
  ["two in one", [["x-request-id", "a, b"]], null],
  [
    "another idempotency key",
    [
      ["x-request-id", "a"],
      ["idempotency-key", "b"],
    ],
    null,
  ],
];

for (const [name, headers, given] of ids) {
  test(`a request id with ${name} is ${given === null ? "replaced, and reported" : "kept"}`, async () => {
    const head = headers.map(([header, value]) => `${header}: ${value}\r\n`).join("");
    const { text } = await exchangeRaw(port, [
      `POST ${base}/render HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n${head}\r\n{}`,
    ]);
    const echoed = /^x-request-id: (.*?)\r?$/im.exec(text)![1]!;
    const { html } = JSON.parse(text.split("\r\n\r\n")[1]!);
    if (given === null) assert.match(echoed, /^[0-9a-f-]{36}$/);
    else assert.is(echoed, given);
    assert.is(html, `rest ${echoed} ${given !== null} ${given === null} 127.0.0.1`);
  });
}

test("a forwarded address is believed from a proxy that is trusted", async () => {
  const answer = await render("{}", { "x-request-id": "k", "x-forwarded-for": "6.6.6.6, 203.0.113.7, 127.0.0.9" });
  assert.is(((await answer.json()) as { html: string }).html, "rest k true false 203.0.113.7");
});

test("a long JSON answer is compressed for whoever takes gzip", async () => {
  const plain = await requestHttp2(
    port,
    { ":method": "POST", ":path": `${base}/render`, "content-type": "application/json" },
    '{"dashboard_id":"long"}',
  );
  assert.is(plain.headers["content-encoding"], undefined);
  assert.is(plain.headers.vary, "accept-encoding");
  const packed = await requestHttp2(
    port,
    {
      ":method": "POST",
      ":path": `${base}/render`,
      "content-type": "application/json",
      "accept-encoding": "br, gzip;q=0.5",
    },
    '{"dashboard_id":"long"}',
  );
  assert.is(packed.headers["content-encoding"], "gzip");
  assert.is(gunzipSync(packed.bytes).toString(), plain.text);
});

test("another method of a path gets 404 and what is allowed", async () => {
  for (const [method, path, allow] of [
    ["GET", `${base}/render`, "POST"],
    ["DELETE", `${base}/render`, "POST"],
    ["PUT", `${base}/definitions/a`, "GET, DELETE"],
    ["POST", "/healthz", "GET, HEAD"],
    ["POST", "/s/token", "GET, HEAD"],
    ["POST", "/assets/b.js", "GET, HEAD"],
    ["PUT", `${rpcBase}/Render`, "POST, GET"],
    ["GET", `${rpcBase}/Share`, "POST"],
  ] as const) {
    const response = await fetch(origin + path, { method });
    assert.is(response.status, 404, `${method} ${path}`);
    assert.is(response.headers.get("allow"), allow);
  }
  const head = await fetch(`${origin}${base}/render`, {
    method: "HEAD",
    headers: { "x-http-method-override": "POST" },
  });
  assert.is(head.status, 404);
});

for (const path of [
  "/",
  "/favicon.ico",
  "/.git/config",
  "/assets/",
  "/assets/c.js",
  "/assets/made/",
  "/assets/%2e%2e/package.json",
  "/s",
  `${base}/render/`,
  `${base}/render%00`,
  `${base}%2frender`,
  `${base}/RENDER`,
  `${base}/render.json`,
  "/api/v2/data-consumption/dashboards/render",
]) {
  test(`nothing is at ${path}`, async () => {
    const { status, text } = await exchangeRaw(port, [
      `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}`,
    ]);
    assert.is(status, 404);
    assert.equal(JSON.parse(text.split("\r\n\r\n")[1]!), {
      error: "not_found",
      message: "nothing is here",
      reason: "NOT_FOUND",
    });
  });
}

test("a gRPC call of an unknown method gets a status of gRPC", async () => {
  const { status, headers } = await requestHttp2(
    port,
    { ":method": "POST", ":path": "/no.Such/Method", "content-type": "application/grpc+proto" },
    "",
  );
  assert.is(status, 200);
  assert.is(headers["grpc-status"], "12");
  assert.is(headers["content-type"], "application/grpc");
});

test("the probes answer GET and HEAD", async () => {
  assert.equal(await (await fetch(`${origin}/healthz`)).json(), { status: "ok" });
  assert.is(await (await fetch(`${origin}/healthz`, { method: "HEAD" })).text(), "");
  const up = await fetch(`${origin}/readyz`);
  assert.is(up.status, 200);
  assert.equal(await up.json(), { status: "ready", database: "up" });
  ready = false;
  passedMs += 1_000;
  const down = await fetch(`${origin}/readyz`);
  ready = true;
  assert.is(down.status, 503);
  assert.equal(await down.json(), { status: "unready", database: "down" });
});

test("whoever asks for readiness, the service is asked once a second", async () => {
  passedMs += 1_000;
  const before = asked;
  await Promise.all(Array.from({ length: 20 }, async () => (await fetch(`${origin}/readyz`)).text()));
  assert.is(asked, before + 1);
  passedMs += 1_000;
  await (await fetch(`${origin}/readyz`)).text();
  assert.is(asked, before + 2);
});

test("an asset is kept for ever, and may be used from anywhere", async () => {
  const response = await fetch(`${origin}/assets/b.js`);
  assert.is(await response.text(), "1");
  assert.is(response.headers.get("content-type"), "text/javascript");
  assert.is(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.is(response.headers.get("access-control-allow-origin"), "*");
  assert.is(response.headers.get("cross-origin-resource-policy"), "cross-origin");
  assert.is(response.headers.get("x-content-type-options"), "nosniff");
  const etag = response.headers.get("etag")!;
  for (const tags of [etag, `"x", W/${etag}`, "*"]) {
    const again = await fetch(`${origin}/assets/b.js`, { headers: { "if-none-match": tags } });
    assert.is(again.status, 304);
    assert.is(await again.text(), "");
  }
  assert.is((await fetch(`${origin}/assets/b.js`, { headers: { "if-none-match": '"x"' } })).status, 200);
});

test("an asset that follows from its path is like any other", async () => {
  const response = await fetch(`${origin}/assets/made/a.css`);
  assert.is(await response.text(), ".a{}");
  assert.is(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.is(response.headers.get("access-control-allow-origin"), "*");
  const again = { headers: { "if-none-match": response.headers.get("etag")! } };
  assert.is((await fetch(`${origin}/assets/made/a.css`, again)).status, 304);
  assert.is((await fetch(`${origin}/assets/made/b.css`)).status, 404);
});

test("an asset comes in the form that the client takes", async () => {
  for (const [accepted, coding, bytes] of [
    ["gzip, br", "br", "brotli"],
    ["gzip", "gzip", "gzipped"],
    ["br;q=0, *", "gzip", "gzipped"],
    ["gzip;q=0, br;q=0.000", undefined, css.toString()],
    ["a".repeat(8_192), undefined, css.toString()],
  ] as const) {
    const { headers, text } = await requestHttp2(port, { ":path": "/assets/a.css", "accept-encoding": accepted });
    assert.is(headers["content-encoding"], coding);
    assert.is(headers.vary, "accept-encoding");
    assert.is(text, bytes);
  }
});

test("a link is handed to whoever opens links", async () => {
  const response = await fetch(`${origin}/s/a.b%2F/c?region=IN&x`, { headers: { "accept-encoding": "gzip" } });
  assert.is(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert.is(response.headers.get("content-encoding"), "gzip");
  assert.match(await response.text(), /^<p>dashboard/);
  assert.is(opened.at(-1), "a.b%2F/c region=IN&x 127.0.0.1");
  assert.is(await (await fetch(`${origin}/s/t`, { method: "HEAD" })).text(), "");
});

test("what fails without saying how is a 500 that tells nothing, and a line in the log", async () => {
  for (const response of [
    await fetch(`${origin}/s/broken`, { headers: { "x-request-id": "k9" } }),
    await render('{"dashboard_id":"broken"}', { "x-request-id": "k9" }),
  ]) {
    assert.is(response.status, 500);
    const text = await response.text();
    assert.is(JSON.parse(text).error, "internal_error");
    assert.not.match(text, /SECRET/);
  }
  assert.is(lines.filter(({ msg, requestId }) => msg === "request failed" && requestId === "k9").length, 2);
});

test("every request is one line in the log, without what it holds", async () => {
  const before = (await requests(0)).length;
  await render('{"dashboard_id":"a"}', { "x-request-id": "k10", authorization: "Bearer SECRET" });
  await (await fetch(`${origin}${base}/definitions/SECRET?version=1`)).text();
  await (await fetch(`${origin}/s/SECRET?SECRET`)).text();
  await (await fetch(`${origin}/SECRET`)).text();
  await createClient(DashboardsService, createGrpcTransport({ baseUrl: origin }))
    .share({})
    .catch(() => {});
  const found = (await requests(before + 5)).slice(before);
  assert.equal(
    found
      .map(({ method, path, status, rpcStatus, protocol }) => [method, path, status, rpcStatus, protocol].join(" "))
      .sort(),
    [
      `GET ${base}/definitions/{dashboard_id} 200  http/1.1`,
      "GET (none) 404  http/1.1",
      "GET /s/{token} 200  http/1.1",
      `POST ${base}/render 200  http/1.1`,
      `POST ${rpcBase}/Share 200 3 h2`,
    ].sort(),
  );
  assert.not(found.some(({ cut }) => cut));
  assert.is(found[0]?.requestId, "k10");
  assert.type(found[0]?.ms, "number");
  assert.ok(Number(found[0]?.bytes) > 50);
  assert.not.match(JSON.stringify(found), /SECRET/);
});

test("a caller who leaves is told of as such", async () => {
  const before = (await requests(0)).length;
  const controller = new AbortController();
  const left = fetch(`${origin}${base}/render`, {
    method: "POST",
    body: '{"dashboard_id":"never"}',
    headers: { "content-type": "application/json" },
    signal: controller.signal,
  }).catch(() => {});
  setTimeout(() => controller.abort(), 50);
  await left;
  const [line] = (await requests(before + 1)).slice(before);
  assert.is(line?.status, 0);
  assert.is(line?.cut, true);
});

test.run();
