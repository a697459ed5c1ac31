import { setImmediate as turn } from "node:timers/promises";
import * as assert from "uvu/assert";
import type { NodeRequest } from "../../src/http/message.ts";
import { createPipelineTurns } from "../../src/http/pipeline-turns.ts";
import { suite } from "../harness.ts";

const test = suite("requests that were sent without waiting");

test("those of one connection are answered in turn, also behind one that fails, and others beside them", async () => {
  const inTurn = createPipelineTurns();
  const begun: string[] = [];
  const first = Promise.withResolvers<void>();
  const on = (socket: object) => ({ httpVersionMajor: 1, socket }) as unknown as NodeRequest;
  const answer = (name: string, end?: Promise<void>) => async () => {
    begun.push(name);
    await end;
  };
  const one = {};
  const failed = inTurn(on(one), answer("first", first.promise)).catch(() => "failed");
  const second = inTurn(on(one), answer("second"));
  await inTurn(on({}), answer("other"));
  await turn();
  assert.equal(begun, ["first", "other"]);
  first.reject(new Error("broken"));
  assert.is(await failed, "failed");
  await second;
  assert.equal(begun, ["first", "other", "second"]);
  await inTurn(on(one), answer("third"));
  assert.is(begun.at(-1), "third");
});

test.run();
