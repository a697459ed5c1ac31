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

test("a connection on which a thousand wait is ended by the next one, and other connections are not", async () => {
  const inTurn = createPipelineTurns();
  const ended: string[] = [];
  let begun = 0;
  const first = Promise.withResolvers<void>();
  const connection = (name: string) => {
    const socket = { destroy: () => ended.push(name) };
    return { httpVersionMajor: 1, socket } as unknown as NodeRequest;
  };
  const one = connection("one");
  const answer = async () => {
    begun += 1;
    await first.promise;
  };
  const all = Array.from({ length: 1_000 }, () => inTurn(one, answer));
  assert.equal(ended, []);
  await inTurn(one, answer);
  inTurn(connection("other"), answer);
  assert.equal(ended, ["one"]);
  first.resolve();
  await Promise.all(all);
  assert.is(begun, 1_001);
  await inTurn(one, answer);
  assert.equal([begun, ended], [1_002, ["one"]]);
});

test.run();
