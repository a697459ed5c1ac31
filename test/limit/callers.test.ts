import * as assert from "uvu/assert";
import { createCallers } from "../../src/limit/callers.ts";
import { suite } from "../harness.ts";

const test = suite("callers");

const create = () => createCallers(() => new Error("gone"));

test("work is abandoned when the last who waits for it has left", () => {
  const callers = create();
  const [first, second] = [new AbortController(), new AbortController()];
  const { abandoned } = callers.join("a", first.signal);
  callers.join("a", second.signal);
  first.abort();
  assert.is(abandoned.aborted, false);
  second.abort();
  assert.is(abandoned.aborted, true);
  assert.is(abandoned.reason.message, "gone");
});

test("work of another key, or of those who come later, is not", () => {
  const callers = create();
  const leaver = new AbortController();
  const other = callers.join("b");
  callers.join("a", leaver.signal);
  leaver.abort();
  const later = callers.join("a");
  assert.equal([other.abandoned.aborted, later.abandoned.aborted], [false, false]);
});

test("work that was done is not abandoned, whoever leaves then", () => {
  const callers = create();
  const leaver = new AbortController();
  const caller = callers.join("a", leaver.signal);
  caller[Symbol.dispose]();
  leaver.abort();
  assert.is(caller.abandoned.aborted, false);
});

test("whoever had left before counts for nothing", () => {
  const callers = create();
  const gone = new AbortController();
  gone.abort();
  assert.is(callers.join("a", gone.signal).abandoned.aborted, true);
  assert.is(callers.join("a").abandoned.aborted, false);
});

test.run();
