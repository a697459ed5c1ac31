import { brotliCompressSync, gzipSync } from "node:zlib";
import { create } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import * as assert from "uvu/assert";
import { SourceError } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";
import { failureOf } from "./failure-of.ts";
import { bounds, connectTo, httpConnection, json, type Reply, raw, startUpstream, status } from "./http-fixture.ts";

const test = suite("HTTP connector");
const upstream = await startUpstream();
const { read, probe, close } = connectTo(upstream);
test.after(async () => {
  await close();
  await upstream.close();
});

async function lastRequest(work: Promise<unknown>): Promise<string> {
  upstream.answer(json("[]"));
  await work;
  return upstream.requests.at(-1)!;
}

test("a GET asks for the url with path and query, as itself and for nothing encoded", async () => {
  const request = await lastRequest(
    read({ path: "/shops/:shop/days", query: { from: ":from", tag: ":tags", v: "1" } }, httpConnection(), {
      shop: "Köln/Süd",
      from: null,
      tags: ["a b", "c&d"],
    }),
  );
  const [line, ...headers] = request.trimEnd().split("\r\n");
  assert.is(line, "GET /v1/shops/K%C3%B6ln%2FS%C3%BCd/days?tag=a%20b&tag=c%26d&v=1 HTTP/1.1");
  assert.equal(headers.sort(), [
    "accept-encoding: identity",
    "accept: application/json",
    "connection: keep-alive",
    "host: sink.test",
    "user-agent: datajetty-dashboards",
  ]);
});

test("a POST sends JSON", async () => {
  const body = create(ValueSchema, {
    kind: { case: "structValue", value: { fields: { n: { kind: { case: "stringValue", value: ":n" } } } } },
  });
  const request = await lastRequest(read({ method: "POST", body }, httpConnection(), { n: 7 }));
  assert.match(request, /^POST \/v1\/ HTTP\/1\.1\r\n/);
  assert.match(request, /\r\ncontent-type: application\/json\r\n/);
  assert.match(request, /\r\n\r\n\{"n":7\}$/);
});

test("the secret is sent as it was given, and headers that change the message are not sent at all", async () => {
  const secret = { bearerToken: "t0ken", headers: { "X-Team": "blue", Accept: "application/vnd.shop+json" } };
  const request = await lastRequest(read({}, httpConnection({}, secret)));
  assert.match(request, /\r\nauthorization: Bearer t0ken\r\n/);
  assert.match(request, /\r\nx-team: blue\r\n/);
  assert.match(request, /\r\naccept: application\/vnd\.shop\+json\r\n/);
  const before = upstream.requests.length;
  for (const name of ["Host", "transfer-encoding", "proxy-authorization", "metadata-flavor", "Accept-Encoding"]) {
    const message = await failureOf(read({}, httpConnection({}, { headers: { [name]: "x" } })));
    assert.is(message, "source_failed: a header of the connection cannot be sent");
  }
  const injected = await failureOf(read({}, httpConnection({}, { headers: { x: "a\r\nX-Injected: 1" } })));
  assert.is(injected, "source_failed: a header of the connection cannot be sent");
  assert.is(upstream.requests.length, before);
});

const tooLarge = 5 * 1024 * 1024 + 1;
const chunked = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
const ok = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/** What upstreams do, by the corpus's case where it has one, and what is said of it. */
const replies: readonly (readonly [name: string, reply: Reply, words: string])[] = [
  ["up-001 malformed JSON", json('{"rows":['), "source_failed: the answer is not JSON"],
  ["an empty answer", json(""), "source_failed: the answer is empty"],
  ["up-004 204", status(204), "source_failed: the answer's status is 204, and only 200 has rows"],
  ["206", status(206), "source_failed: the answer's status is 206, and only 200 has rows"],
  ["304", status(304), "source_failed: the answer is a redirect (304), which is not followed"],
  ["400", status(400), "source_failed: the service refuses the request (400)"],
  ["401", status(401), "source_failed: the credentials are refused (401)"],
  ["403", status(403), "source_failed: the credentials are refused (403)"],
  ["404", status(404), "source_failed: the service has nothing under this path (404)"],
  ["up-007 429", status(429, "retry-after: 3600\r\n"), "source_unavailable: the service has too much to do (429)"],
  ["500", status(500), "source_unavailable: the service failed (500)"],
  ["503", status(503), "source_unavailable: the service failed (503)"],
  ["ssrf-080 redirect", status(301, "location: http://127.0.0.1/\r\n"), redirect(301)],
  ["ssrf-083 redirect to a file", status(302, "location: file:///etc/passwd\r\n"), redirect(302)],
  ["ssrf-086 redirect to another", status(307, "location: http://other.test/\r\n"), redirect(307)],
  [
    "up-009 a length that is low",
    raw(`${ok}content-length: 5\r\n\r\n[1,2,3,4,5]`),
    "source_failed: the answer is not JSON",
  ],
  ["up-010 a length that is high", hangUp(`${ok}content-length: 99999\r\n\r\n[]`), brokeOff()],
  ["up-016 a reset after the headers", reset(`${ok}content-length: 9\r\n\r\n`), brokeOff()],
  ["a reset in the body", reset(`${chunked}5\r\n[1,2,`), brokeOff()],
  ["a connection that ends at once", (socket) => socket.destroy(), brokeOff()],
  ["up-018 a gzip bomb", encoded("gzip", gzipSync(Buffer.alloc(10_000_000, "0"))), compressed()],
  ["up-019 gzip in gzip", encoded("gzip, gzip", gzipSync(gzipSync("[]"))), compressed()],
  ["up-020 br", encoded("br", brotliCompressSync("[]")), compressed()],
  ["up-021 zstd", encoded("zstd", Buffer.from("x")), compressed()],
  ["two encodings in two lines", encoded("identity\r\ncontent-encoding: gzip", gzipSync("[]")), compressed()],
  [
    "up-022 100k levels",
    json("[".repeat(100_000) + "]".repeat(100_000)),
    "source_failed: the answer has more than 32 levels",
  ],
  [
    "up-025 a million rows",
    json(`[${"{},".repeat(1_000_000)}{}]`),
    "source_failed: the answer has more than 500000 values",
  ],
  ["up-027 a body that says it is large", raw(`${ok}content-length: ${tooLarge}\r\n\r\n[`), large()],
  ["a body that is large", raw(`${chunked}${tooLarge.toString(16)}\r\n${" ".repeat(tooLarge)}`), large()],
  ["up-028 UTF-16", json("[\0]\0", "content-type: application/json; charset=utf-16"), notJson()],
  ["UTF-16 that passes for UTF-8", json("[\0]\0"), "source_failed: the answer is not JSON"],
  [
    "what is not UTF-8",
    raw(Buffer.concat([Buffer.from(`${ok}content-length: 3\r\n\r\n`), Buffer.from([0x22, 0xff, 0x22])])),
    "source_failed: the answer is not UTF-8",
  ],
  ["a page", json("<html>", "content-type: text/html"), notJson()],
  ["JSON in disguise", json("[]", "content-type: text/plain"), notJson()],
  ["no type", json("[]", "x: y"), notJson()],
  ["lines of JSON", json("[]", "content-type: application/x-ndjson"), notJson()],
  [
    "up-029 a flood of cookies",
    json("[]", `content-type: application/json\r\n${`set-cookie: a=${"x".repeat(8000)}\r\n`.repeat(3)}a: b`),
    longHead(),
  ],
  ["up-030 100 KB of headers", json("[]", `content-type: application/json\r\nx: ${"x".repeat(100_000)}`), longHead()],
  ["up-031 HTTP/0.9", raw("[]"), "source_failed: the answer is not HTTP"],
  ["up-032 101", raw("HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"), brokeOff()],
  ["a status of 000", raw("HTTP/1.1 000 OK\r\n\r\n"), "source_failed: the answer is not HTTP"],
  ["another protocol", raw("SSH-2.0-OpenSSH_9\r\n"), "source_failed: the answer is not HTTP"],
  ["no rows at the pointer", json('{"rows":[]}'), "source_failed: the answer is not a list"],
];

function redirect(code: number): string {
  return `source_failed: the answer is a redirect (${code}), which is not followed`;
}

function brokeOff(): string {
  return "source_unavailable: the connection was lost";
}

function compressed(): string {
  return "source_failed: the answer is compressed, though that was not asked for";
}

function large(): string {
  return "source_failed: the answer is larger than 5 MiB";
}

function notJson(): string {
  return "source_failed: the answer is not declared as JSON in UTF-8";
}

function longHead(): string {
  return "source_failed: the answer's headers are larger than 16 KiB";
}

function encoded(encoding: string, body: Buffer): Reply {
  return raw(
    Buffer.concat([Buffer.from(`${ok}content-encoding: ${encoding}\r\ncontent-length: ${body.length}\r\n\r\n`), body]),
  );
}

function hangUp(text: string): Reply {
  return (socket) => socket.end(text);
}

function reset(text: string): Reply {
  return (socket) => socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 10));
}

for (const [name, reply, words] of replies) {
  test(`${name}: ${words}`, async () => {
    upstream.answer(reply);
    assert.is(await failureOf(read()), words);
    upstream.answer(json('[{"a":1}]'));
    assert.is((await read()).length, 1, "the next answer is read");
  });
}

test("what never ends, or comes too slowly, ends in time, and so does what nobody wants any more", async () => {
  const drip =
    (text: string, next: string): Reply =>
    (socket) => {
      socket.write(text);
      const timer = setInterval(() => socket.write(next), 20);
      socket.on("close", () => clearInterval(timer));
    };
  const slow = [drip(chunked, "1\r\n \r\n"), drip("HTTP/1.1 200 OK\r\n", "x: y\r\n"), drip("", ""), () => undefined];
  for (const reply of slow) {
    upstream.answer(reply);
    const started = performance.now();
    assert.is(
      await failureOf(read({}, httpConnection(), {}, { timeoutMs: 150 })),
      "source_timeout: there was no answer in time",
    );
    assert.ok(performance.now() - started < 2000);
  }
  const gone = new AbortController();
  setTimeout(() => gone.abort(), 50);
  const started = performance.now();
  await failureOf(read({}, httpConnection(), {}, { signal: gone.signal }));
  await failureOf(read({}, httpConnection(), {}, { signal: gone.signal }));
  assert.ok(performance.now() - started < 2000);
});

test("a name that takes for ever to resolve, and a secret, count against the same time", async () => {
  const never = connectTo(upstream, () => new Promise(() => undefined));
  const late = "source_timeout: there was no answer in time";
  assert.is(await failureOf(never.read({}, httpConnection(), {}, { timeoutMs: 50 })), late);
  const locked = { ...httpConnection(), secret: () => new Promise<never>(() => undefined) };
  assert.is(await failureOf(read({}, locked, {}, { timeoutMs: 50 })), late);
});

test("a connection is kept for its tenant, name and revision, and for nobody else", async () => {
  const mine = connectTo(upstream);
  upstream.answer(json("[]"));
  const before = upstream.connections();
  for (let n = 0; n < 3; n += 1) await mine.read();
  assert.is(upstream.connections(), before + 1);
  await mine.read({}, httpConnection({}, {}, { revision: 2 }));
  await mine.read({}, httpConnection({}, {}, { tenant: "b" }));
  await mine.read({}, httpConnection({}, {}, { name: "other" }));
  assert.is(upstream.connections(), before + 4);
  await mine.close();
});

test("a GET is sent again where a connection that was kept has ended meanwhile, a POST is not", async () => {
  upstream.answer(json("[]"));
  await read();
  let cut = true;
  const cutOnce: Reply = (socket, request) => {
    if (!cut) return json("[]")(socket, request);
    cut = false;
    socket.destroy();
  };
  upstream.answer(cutOnce);
  assert.is((await read()).length, 0);
  cut = true;
  assert.is(await failureOf(read({ method: "POST" })), brokeOff());
});

test("a name is resolved once for all that uses its connection, and again when that failed", async () => {
  let asked = 0;
  const counting = connectTo(upstream, async () => {
    asked += 1;
    return { host: "127.0.0.1", port: upstream.port };
  });
  upstream.answer(json("[]"));
  await Promise.all([counting.read(), counting.read(), counting.read()]);
  await counting.read();
  assert.is(asked, 1);
  upstream.answer((socket) => socket.destroy());
  await failureOf(counting.read());
  upstream.answer(json("[]"));
  await counting.read();
  assert.is(asked, 2);
  await counting.close();
});

test("what refuses to connect is said, and what cannot be resolved is asked for again", async () => {
  const [dead, live] = await Promise.all([startUpstream(), startUpstream()]);
  const deadPort = dead.port;
  await dead.close();
  const refused = connectTo(upstream, async () => ({ host: "127.0.0.1", port: deadPort }));
  assert.is(await failureOf(refused.read()), "source_unavailable: the host refuses the connection");
  let works = false;
  const unsteady = connectTo(live, async () => {
    if (!works) throw new SourceError("source_unavailable", "the host name does not resolve");
    return { host: "127.0.0.1", port: live.port };
  });
  live.answer(json("[]"));
  assert.is(await failureOf(unsteady.read()), "source_unavailable: the host name does not resolve");
  works = true;
  assert.is((await unsteady.read()).length, 0);
  await unsteady.close();
  await live.close();
});

test("variables that name a proxy change nothing", async () => {
  const names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"];
  for (const name of names) process.env[name] = "http://127.0.0.1:9/";
  try {
    const fresh = connectTo(upstream);
    upstream.answer(json("[]"));
    assert.is((await fresh.read()).length, 0);
    await fresh.close();
  } finally {
    for (const name of names) delete process.env[name];
  }
});

test("a probe takes any answer but a failureOf, and says what a read would say", async () => {
  const ask = () => failureOf(probe(httpConnection({}, { bearerToken: "t" }), bounds));
  for (const code of [200, 204, 400, 404, 405, 406]) {
    upstream.answer(status(code));
    assert.is(await ask(), "", `${code}`);
  }
  assert.match(upstream.requests.at(-1)!, /^GET \/v1\/ HTTP[\s\S]*authorization: Bearer t\r\n/);
  for (const code of [301, 401, 403, 429, 500]) {
    upstream.answer(status(code));
    assert.is(await ask(), await failureOf(read()), `${code}`);
    assert.ok((await ask()) !== "", `${code}`);
  }
  upstream.answer(raw("[]"));
  assert.is(await ask(), "source_failed: the answer is not HTTP");
});

test("rows come as a frame", async () => {
  upstream.answer(json('{"data":{"rows":[{"day":"2026-01-01","n":1},{"day":"2026-01-02","n":2.5}]}}'));
  const frame = await read({ rows: "/data/rows" }, httpConnection(), {}, { maxRows: 1 });
  assert.equal(frame, {
    columns: [
      { type: "string", name: "day", values: ["2026-01-01"] },
      { type: "number", name: "n", values: Float64Array.of(1) },
    ],
    length: 1,
    truncated: true,
  });
});

test.run();
