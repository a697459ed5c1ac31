import { setImmediate as nextTurn } from "node:timers/promises";
import * as assert from "uvu/assert";
import { createSessionTurns } from "../../src/http/session-turns.ts";
import { flags, frame, headBlock, preface, types } from "../attack/h2-frames.ts";
import { suite } from "../harness.ts";
import { exchangeRaw, startListener } from "./start.ts";

const test = suite("turns of a connection");

test("a few requests begin in a turn, in order, and those that are gone take nobody's place", async () => {
  const turns = createSessionTurns();
  const begun: number[] = [];
  for (let n = 0; n < 30; n += 1) turns.add({ isGone: () => n < 10, begin: () => begun.push(n) });
  assert.equal(begun, []);
  await nextTurn();
  assert.equal(begun, [10, 11, 12, 13, 14, 15, 16, 17]);
  for (let turn = 0; turn < 2; turn += 1) await nextTurn();
  assert.is(begun.length, 20);
  turns.add({ isGone: () => false, begin: () => begun.push(99) });
  await nextTurn();
  assert.is(begun.at(-1), 99);
});

test("streams that are taken back as they come are no requests, and the others on the connection are", async () => {
  const { port, listener, requests } = await startListener({});
  const head = (stream: number, path: string) => {
    const fields: [string, string][] = [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", path],
      [":authority", "a"],
    ];
    const set = flags.endHeaders | flags.endStream;
    return frame({ type: types.headers, flags: set, stream, payload: headBlock(fields) });
  };
  const reset = (stream: number) => frame({ type: types.resetStream, stream, payload: Buffer.of(0, 0, 0, 8) });
  const taken = Array.from({ length: 50 }, (_, n) => [head(2 * n + 1, "/readyz"), reset(2 * n + 1)]).flat();
  const { text } = await exchangeRaw(port, [Buffer.concat([preface(), ...taken, head(201, "/healthz")])]);
  assert.ok(text.includes("\u0000\u0000\u00c9"), "the last stream got an answer");
  const logged = await requests(1);
  assert.equal(
    logged.map(({ path }) => path),
    ["/healthz"],
  );
  await listener.close(0);
});

test.run();
