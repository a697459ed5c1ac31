import * as assert from "uvu/assert";
import { inTime } from "../../src/source/in-time.ts";
import { SourceError } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";
import { failureOf } from "./failure-of.ts";

const test = suite("work in time");

const never = () => new Promise<never>(() => undefined);

test("what ends in time is returned or thrown as it is", async () => {
  const { signal } = new AbortController();
  assert.is(await inTime({ timeoutMs: 5_000, signal }, async () => 7), 7);
  const broken = inTime({ timeoutMs: 5_000, signal }, () => Promise.reject(new SourceError("source_failed", "no")));
  assert.is(await failureOf(broken), "source_failed: no");
});

test("work that goes on after its time is told so, and not waited for", async () => {
  const { signal } = new AbortController();
  let told: AbortSignal | undefined;
  const late = inTime({ timeoutMs: 10, signal }, (its) => {
    told = its;
    return never();
  });
  assert.is(await failureOf(late), "source_timeout: there was no answer in time");
  assert.ok(told?.aborted);
  const own = () => new SourceError("source_unavailable", "the host does not answer");
  assert.is(
    await failureOf(inTime({ timeoutMs: 10, signal, late: own }, never)),
    "source_unavailable: the host does not answer",
  );
});

test("work that nobody wants any more ends at once, also where nobody did from the start", async () => {
  const reader = new AbortController();
  let told: AbortSignal | undefined;
  const read = () =>
    inTime({ timeoutMs: 60_000, signal: reader.signal }, (its) => {
      told = its;
      return never();
    });
  setTimeout(() => reader.abort(), 5);
  assert.is(await failureOf(read()), "source_timeout: there was no answer in time");
  assert.ok(told?.aborted);
  assert.is(await failureOf(read()), "source_timeout: there was no answer in time");
  assert.ok(told?.aborted);
});

test.run();
