import * as assert from "uvu/assert";
import type { RequestOver } from "../../src/http/request-over.ts";
import type { Admission } from "../../src/limit/admission.ts";
import { createAdmission } from "../../src/limit/admission.ts";
import { suite } from "../harness.ts";
import { base, rpcBase, startListener } from "../http/start.ts";

const test = suite("counting what is refused unread");

const grpcWeb = "application/grpc-web+proto";

/** Asks a listener for four things, of which it has room for none, and returns what it told of them. */
async function refusedBy(admission: Admission): Promise<(string | number | undefined)[][]> {
  const told: RequestOver[] = [];
  const { listener, origin, requests } = await startListener({}, { admission, onRequest: (over) => told.push(over) });
  const post = (path: string, type: string) =>
    fetch(origin + path, { method: "POST", headers: { "content-type": type }, body: "{}" });
  await post(`${base}/render`, "application/json");
  await post(`${rpcBase}/Render`, "application/json");
  await post(`${rpcBase}/Render`, grpcWeb);
  await fetch(`${origin}/s/a-token`);
  await fetch(`${origin}/healthz`);
  await requests(1);
  await listener.close(0);
  return told.map(({ procedure, path, protocol, code, ms }) => [
    procedure?.method ?? path,
    protocol,
    code,
    ms === undefined ? "untimed" : "timed",
  ]);
}

test("at once, it is told of without a time", async () => {
  assert.equal(await refusedBy({ isFull: () => true, refuse: () => {}, enter: async () => undefined }), [
    ["Render", "rest", "overloaded", "untimed"],
    ["Render", "connect", "overloaded", "untimed"],
    ["Render", "grpc-web", "overloaded", "timed"],
    ["/s/{token}", "http", "overloaded", "untimed"],
    ["/healthz", "http", "ok", "timed"],
  ]);
});

test("where it had to be looked at, it is told of all the same", async () => {
  assert.equal(await refusedBy({ isFull: () => false, refuse: () => {}, enter: async () => undefined }), [
    ["Render", "rest", "overloaded", "timed"],
    ["Render", "connect", "overloaded", "timed"],
    ["Render", "grpc-web", "overloaded", "timed"],
    ["/s/{token}", "http", "overloaded", "timed"],
    ["/healthz", "http", "ok", "timed"],
  ]);
});

test("the admission counts them since the start, and tells how many wait and are at work", async () => {
  const turns: (() => void)[] = [];
  const admission = createAdmission({
    ...{ maxInFlight: 2, turnMs: 10, rushMs: 100, standingMs: 100, calmMs: 100 },
    ...{ cpuMs: () => 0, wallMs: () => 0, later: () => {}, nextTurn: (callback: () => void) => turns.push(callback) },
  });
  const places = [admission.enter(() => false), admission.enter(() => false), admission.enter(() => false)];
  assert.equal(admission.load(), { inFlight: 0, waiting: 2, refused: 1 });
  for (const turn of turns) turn();
  for (const place of await Promise.all(places)) place?.[Symbol.dispose]();
  assert.equal(admission.load(), { inFlight: 0, waiting: 0, refused: 1 });
});

test.run();
