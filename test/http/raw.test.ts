import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { base, exchangeRaw, startListener } from "./start.ts";

const test = suite("raw requests");

const { port, requests, listener } = await startListener({ render: () => ({ html: "<div></div>" }) });
test.after(() => listener.close(0));

const post = `POST ${base}/render HTTP/1.1\r\nHost: sut\r\nContent-Type: application/json\r\n`;
const get = "GET /healthz HTTP/1.1\r\nHost: sut\r\n";

/** Requests that only a hostile or broken client sends, and the status of the documented error that they get. */
const cases: [name: string, request: string | Buffer, status: number][] = [
  ["TRACE", `TRACE ${base}/render HTTP/1.1\r\nHost: sut\r\n\r\n`, 404],
  ["a made-up method", `FROB ${base}/render HTTP/1.1\r\nHost: sut\r\n\r\n`, 400],
  ["a method of 64 KB", `${"A".repeat(65_536)} / HTTP/1.1\r\nHost: sut\r\n\r\n`, 400],
  ["CONNECT", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n", 400],
  ["OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: sut\r\n\r\n", 400],
  ["a space before a colon", `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 400],
  ["length and chunks", `${post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ["two lengths", `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
  ["a negative length", `${post}Content-Length: -1\r\n\r\n`, 400],
  ["a length with a sign", `${post}Content-Length: +2\r\n\r\n{}`, 400],
  ["a length beyond numbers", `${post}Content-Length: 99999999999999999999\r\n\r\n{`, 400],
  ["a folded length", `${post} Content-Length: 2\r\n\r\n{}`, 400],
  ["a chunk beyond numbers", `${post}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n`, 400],
  ["an unknown transfer coding", `${post}Transfer-Encoding: gzip\r\n\r\n`, 400],
  ["a coding before chunks", `${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 400],
  ["no host", "GET /healthz HTTP/1.1\r\n\r\n", 400],
  ["two hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400],
  ["a host that is none", `${post.replace("Host: sut", "Host: a<b")}Content-Length: 2\r\n\r\n{}`, 400],
  ["an absolute target", "GET http://evil.test/healthz HTTP/1.1\r\nHost: sut\r\n\r\n", 400],
  ["HTTP/0.9", "GET /healthz\r\n\r\n", 400],
  ["HTTP/3.0", "GET /healthz HTTP/3.0\r\nHost: sut\r\n\r\n", 400],
  ["a TLS hello", Buffer.from("160301000568656c6c6f", "hex"), 400],
  ["a bare CR in a header", `${get}X: a\rY: b\r\n\r\n`, 400],
  ["a NUL in a header", `${get}X: a\0b\r\n\r\n`, 400],
  ["3,000 headers", `${get}${Array.from({ length: 3_000 }, (_, index) => `a${index}: 1\r\n`).join("")}\r\n`, 400],
  ["a target of 100 KB", `GET /s/${"a".repeat(100_000)} HTTP/1.1\r\nHost: sut\r\n\r\n`, 400],
  ["two Content-Types", `${post}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}`, 400],
  ["two tokens", `${post}Authorization: Bearer a\r\nAuthorization: Bearer b\r\nContent-Length: 2\r\n\r\n{}`, 401],
  ["another expectation", `${post}Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}`, 400],
  [
    "an upgrade to h2c",
    "GET / HTTP/1.1\r\nHost: sut\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    404,
  ],
  [
    "an upgrade to WebSocket",
    `GET ${base}/render HTTP/1.1\r\nHost: sut\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    404,
  ],
  ["a preface that goes wrong", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", 400],
];

const errors: Readonly<Record<number, string>> = { 400: "invalid_request", 401: "unauthorized", 404: "not_found" };

for (const [name, request, status] of cases) {
  test(`${name} gets the documented error`, async () => {
    const answer = await exchangeRaw(port, [request]);
    assert.is(answer.status, status);
    assert.is(answer.answers, 1);
    const [head = "", body = ""] = answer.text.split("\r\n\r\n");
    assert.is(JSON.parse(body).error, errors[status]);
    assert.match(head, /^content-type: application\/json\r?$/im);
    assert.match(head, /^x-request-id: [0-9a-f-]{36}\r?$/im);
    assert.match(head, /^x-content-type-options: nosniff\r?$/im);
    assert.not.match(head, /^(server|x-powered-by):/im);
  });
}

test("a body cut short by the end of the connection gets the documented error", async () => {
  const { status, text } = await exchangeRaw(port, [`${post}Content-Length: 100\r\n\r\n{"a":1}`], { half: true });
  assert.is(status, 400);
  assert.match(text, /"invalid_request"/);
});

test("a client that waits to send its body is let through", async () => {
  const { text } = await exchangeRaw(port, [`${post}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`]);
  assert.is(text, "HTTP/1.1 100 Continue\r\n\r\n");
});

test("a client that waits to send too much is refused before it does", async () => {
  const tooMuch = `${post}Expect: 100-continue\r\nContent-Length: 50000000\r\n\r\n`;
  const { status, text, answers } = await exchangeRaw(port, [tooMuch]);
  assert.is(status, 400);
  assert.is(answers, 1);
  assert.match(text, /BODY_TOO_LARGE/);
});

test("an upload that is too large gets its answer, and then its connection is closed", async () => {
  for (const rest of [
    `Content-Length: 3000000\r\n\r\n${"x".repeat(3_000_000)}`,
    `Transfer-Encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(500_000)}`,
  ]) {
    const { status, text, closed } = await exchangeRaw(port, [post + rest], { waitMs: 3_000, quietMs: 0 });
    assert.is(status, 400);
    assert.match(text, /BODY_TOO_LARGE/);
    assert.match(text, /^connection: close\r?$/im);
    assert.ok(closed);
  }
});

test("a small body that nobody reads costs no connection", async () => {
  const lost = "POST /nothing HTTP/1.1\r\nHost: sut\r\nContent-Length: 2\r\n\r\n{}";
  const { answers, text } = await exchangeRaw(port, [lost, lost, `${get}Connection: close\r\n\r\n`]);
  assert.is(answers, 3);
  assert.match(text, /\{"status":"ok"\}$/);
});

test("pipelined requests are answered in order", async () => {
  const { text, answers } = await exchangeRaw(port, [`${get}\r\n`.repeat(199), `${get}Connection: close\r\n\r\n`], {
    quietMs: 0,
    waitMs: 3_000,
  });
  assert.is(answers, 200);
  assert.is(text.match(/\{"status":"ok"\}/g)?.length, 200);
});

test("whole requests get their answers, whatever comes after them, and then the connection is closed", async () => {
  const whole = `${post}Content-Length: 2\r\n\r\n{}`;
  for (const parts of [[`${whole}${whole}GARBAGE\r\n\r\n`], [whole + whole, "GARBAGE\r\n\r\n", "x".repeat(99_999)]]) {
    const { text, closed } = await exchangeRaw(port, parts, { quietMs: 0 });
    assert.ok(closed);
    assert.equal(text.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 200"]);
    assert.is(text.match(/<div><\/div>/g)?.length, 2);
  }
});

test("a request that arrives byte by byte is read", async () => {
  const { status } = await exchangeRaw(port, [..."PUT /healthz HTTP/1.1\r\nHost: sut\r\nConnection: close\r\n\r\n"]);
  assert.is(status, 404);
});

test("HTTP/1.0 without a host is answered, and closed", async () => {
  const { text, closed } = await exchangeRaw(port, ["GET /healthz HTTP/1.0\r\n\r\n"]);
  assert.match(text, /200 OK[\s\S]*\{"status":"ok"\}$/);
  assert.ok(closed);
});

test("what cannot be read is in the access log too", async () => {
  const before = (await requests(0)).length;
  await exchangeRaw(port, ["GARBAGE SECRET\r\n\r\n"]);
  const line = (await requests(before + 1)).at(-1)!;
  assert.is(line.status, 400);
  assert.is(line.path, "(none)");
  assert.not.match(JSON.stringify(line), /SECRET/);
});

test.run();
