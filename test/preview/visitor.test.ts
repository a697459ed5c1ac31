import * as assert from "uvu/assert";
import { isAtHome, isOwnScript } from "../../src/preview/visitor.ts";
import { suite } from "../harness.ts";

/** Who may see the page of development, and who may have a token of it. */
const test = suite("preview: visitors");

const visit = (headers: Readonly<Record<string, string>>, address = "127.0.0.1") => ({
  address,
  header: (name: string) => ({ host: "localhost:8080", "x-preview": "1", ...headers })[name] ?? null,
});

test("only this machine by its own name is at home, and nobody behind a proxy", () => {
  for (const host of ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080"]) {
    assert.ok(isAtHome(visit({ host })), host);
  }
  const others = ["", "localhost.", "localhost.evil.test", "a@localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]"];
  for (const host of [...others, "evil.test", "127.0.0.1.evil.test", "localhost:99999999", "localhost, localhost"]) {
    assert.not.ok(isAtHome(visit({ host })), host);
  }
  for (const address of ["", "10.0.0.1", "::", "::2", "1127.0.0.1"])
    assert.not.ok(isAtHome(visit({}, address)), address);
  for (const name of ["forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip", "cf-connecting-ip"]) {
    assert.not.ok(isAtHome(visit({ [name]: "127.0.0.1" })), name);
  }
});

test("no page of another origin has a token", () => {
  assert.ok(isOwnScript(visit({})));
  assert.ok(isOwnScript(visit({ origin: "http://localhost:8080", "sec-fetch-site": "same-origin" })));
  for (const headers of [
    { "x-preview": "" },
    { origin: "null" },
    { origin: "http://localhost:8081" },
    { origin: "http://evil.test" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "none" },
  ]) {
    assert.not.ok(isOwnScript(visit(headers)), JSON.stringify(headers));
  }
});

test.run();
