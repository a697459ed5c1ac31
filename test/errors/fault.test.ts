import { readFileSync } from "node:fs";
import { Code, ConnectError } from "@connectrpc/connect";
import * as assert from "uvu/assert";
import { toErrorAnswer, toFault } from "../../src/errors/answer.ts";
import { fault, faults, type Reason } from "../../src/errors/fault.ts";
import { suite } from "../harness.ts";

const test = suite("errors");

test("the table has exactly the statuses and strings of the documented error model", () => {
  const document = readFileSync(new URL("../../docs/dashboards-api.md", import.meta.url), "utf8");
  const rows = [...document.matchAll(/^\| (\d{3}) \|.*\{"error":"([a-z_]+)"\}/gm)].map(
    ([, status, error]) => `${status} ${error}`,
  );
  const ours = new Set(Object.values(faults).map(({ status, error }) => `${status} ${error}`));
  assert.is(rows.length, 8);
  assert.equal([...ours].sort(), rows.sort());
});

test("a fault tells HTTP callers its status, string, reason and details, and when to try again", () => {
  const details = [{ field: "layout.title", description: "too long" }];
  const answer = toErrorAnswer(fault("RATE_LIMITED", "slow down", { details, retryAfterMs: 1_200 }));
  assert.is(answer.status, 429);
  assert.is(answer.retryAfterS, 2);
  assert.equal(answer.body, { error: "rate_limited", message: "slow down", reason: "RATE_LIMITED", details });
});

test("the wait is never said to be nothing", () => {
  assert.is(toErrorAnswer(fault("OVERLOADED", "busy", { retryAfterMs: 1 })).retryAfterS, 1);
});

test("an error that is not ours never shows its message", () => {
  const secret = "select secret from table";
  for (const error of [
    new Error(secret),
    new ConnectError(secret, Code.InvalidArgument),
    new ConnectError(secret, Code.DataLoss),
    secret,
  ]) {
    const answer = toErrorAnswer(error);
    assert.not.match(JSON.stringify(answer), /secret/);
    assert.is(toFault(error).cause, error);
  }
  assert.is(toErrorAnswer(new Error(secret)).status, 500);
  assert.is(toErrorAnswer(new ConnectError(secret, Code.InvalidArgument)).status, 400);
});

test("the cause of a fault stays out of what callers see", () => {
  const error = fault("DEPENDENCY_DOWN", "try again", { cause: new Error("password=hunter2") });
  assert.not.match(JSON.stringify(toErrorAnswer(error)) + error.message, /hunter2/);
});

test("every reason makes an answer of its own row", () => {
  for (const [reason, row] of Object.entries(faults)) {
    const answer = toErrorAnswer(fault(reason as Reason, "x"));
    assert.equal([answer.status, answer.body.error, answer.reason], [row.status, row.error, reason]);
  }
});

test.run();
