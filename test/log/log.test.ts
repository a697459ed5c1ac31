import * as assert from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import { suite } from "../harness.ts";

const test = suite("log");

/** Returns what the log says of an error. */
function logged(error: unknown) {
  const lines: string[] = [];
  createLog("error", { write: (line) => lines.push(line) }).error({ error }, "it failed");
  assert.is(lines.length, 1);
  return { line: lines[0]!, error: JSON.parse(lines[0]!).error as Described };
}

type Described = { readonly name: string; readonly at: readonly string[]; readonly cause?: Described };

test("an error is told by its name, code, frames and causes", () => {
  const cause = Object.assign(new TypeError("inner"), { code: "E_INNER" });
  const { error } = logged(new Error("outer", { cause }));
  assert.is(error.name, "Error");
  assert.match(error.at[0]!, /log\.test\.ts/);
  assert.ok(error.at.length <= 6);
  assert.equal([error.cause?.name, (error.cause as { code?: string }).code], ["TypeError", "E_INNER"]);
});

test("no line of a message is told, although it looks like a frame", () => {
  const query = "Failed query: select\n    at SECRET (secret.ts:1:1)\n    at SECRET\nfrom a\nparams: SECRET";
  class DriverError extends Error {}
  for (const made of [new Error(query), new DriverError(query), new Error("x", { cause: new Error(query) })]) {
    const { line, error } = logged(made);
    assert.not.match(line, /SECRET/);
    assert.match(error.at[0]!, /log\.test\.ts/);
  }
});

test("frames are left out where the message cannot be told from them", () => {
  const error = new Error("a\n    at SECRET");
  // The stack is written when it is first read.
  assert.match(error.stack!, /SECRET/);
  error.message = "changed";
  assert.equal(logged(error).error.at, []);
});

test("an error without a message has its frames", () => {
  assert.match(logged(new Error()).error.at[0]!, /log\.test\.ts/);
});

test("a chain of causes that leads back to itself ends", () => {
  const first = new Error("first");
  first.cause = new Error("second", { cause: first });
  let links = 0;
  for (let link: Described | undefined = logged(first).error; link !== undefined; link = link.cause) links += 1;
  assert.is(links, 6);
});

test("secrets are cut out wherever a caller puts them", () => {
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => lines.push(line) });
  const request = { Authorization: "SECRET", password: "SECRET", way: { secret: ["SECRET"], path: "/s" } };
  log.info({ token: "SECRET", request }, "told");
  assert.not.match(lines.join(""), /SECRET/);
  const { token, request: told } = JSON.parse(lines[0]!);
  assert.is(token, "[redacted]");
  assert.equal(told.way, { secret: "[redacted]", path: "/s" });
  assert.is(request.password, "SECRET", "the caller's own fields stay");
});

test("fields that lead back to themselves are told", () => {
  const lines: string[] = [];
  const fields: Record<string, unknown> = { name: "a" };
  fields.self = fields;
  createLog("info", { write: (line) => lines.push(line) }).info({ fields }, "told");
  assert.match(lines[0]!, /"name":"a"/);
});

test.run();
