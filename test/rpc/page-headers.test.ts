import * as assert from "uvu/assert";
import { pageHeaders } from "../../src/rpc/page-headers.ts";
import { suite } from "../harness.ts";

const test = suite("headers of pages");

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "font-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
];

test("a page runs, loads, asks and sends to its own origin only, and writes no markup by script", () => {
  assert.is(pageHeaders()["content-security-policy"], policy.join("; "));
  assert.is(pageHeaders()["x-frame-options"], "DENY");
});

test("named origins may frame it, and nothing else changes", () => {
  const framed = pageHeaders(["https://a.test", "https://*.b.test"]);
  const expected = policy.join("; ").replace("ancestors 'none'", "ancestors https://a.test https://*.b.test");
  assert.is(framed["content-security-policy"], expected);
  assert.not("x-frame-options" in framed);
});

test.run();
