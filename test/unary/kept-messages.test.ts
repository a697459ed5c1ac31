import { create } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import {
  DashboardsService,
  type RenderRequest,
  RenderRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createKeptMessages, isAskedAgain } from "../../src/unary/kept-messages.ts";
import { suite } from "../harness.ts";

const test = suite("kept messages");

/** Reads a body as the id of a dashboard, and counts how often. */
function createReading() {
  const messages = createKeptMessages();
  const state = { reads: 0 };
  const read = (body: Uint8Array) => {
    state.reads += 1;
    return create(RenderRequestSchema, { dashboardId: Buffer.from(body).toString() });
  };
  return { state, of: (text: string) => messages.of("json", Buffer.from(text), read) as RenderRequest };
}

test("the same bytes are read once, and others are another message", () => {
  const { of, state } = createReading();
  assert.is(of("board"), of("board"));
  assert.is(of("boards").dashboardId, "boards");
  // As text of one byte a character both would be the same, were either read as UTF-8.
  assert.is(of("é").dashboardId, "é");
  assert.is(of("Ã©").dashboardId, "Ã©");
  assert.is(state.reads, 4);
});

test("what is kept holds on to nothing that came with it", () => {
  const body = Buffer.alloc(65_536, "x").subarray(0, 5);
  createKeptMessages().of("protobuf", body, (bytes) => {
    assert.is(bytes.buffer.byteLength, 5);
    return create(RenderRequestSchema);
  });
});

test("the same bytes of another kind are another message", () => {
  const messages = createKeptMessages();
  const read = () => create(RenderRequestSchema);
  const body = Buffer.from("board");
  assert.is(messages.of("json a", body, read), messages.of("json a", body, read));
  assert.is.not(messages.of("json b", body, read), messages.of("json a", body, read));
});

test("a long body is read each time", () => {
  const { of, state } = createReading();
  of("x".repeat(512));
  of("x".repeat(512));
  assert.is(state.reads, 1);
  of("x".repeat(513));
  of("x".repeat(513));
  assert.is(state.reads, 3);
});

test("what cannot be read is not kept", () => {
  const messages = createKeptMessages();
  const broken = () => {
    throw new Error("broken");
  };
  assert.throws(() => messages.of("json", Buffer.from("a"), broken), /broken/);
  const message = create(RenderRequestSchema);
  assert.is(
    messages.of("json", Buffer.from("a"), () => message),
    message,
  );
});

test("of too many bodies the oldest are let go", () => {
  const { of, state } = createReading();
  const text = (at: number) => `${at}`.padEnd(512, "-");
  // Each takes 768 bytes of 1 MiB.
  const count = 1_366;
  for (let at = 0; at < count; at += 1) of(text(at));
  of(text(count - 1));
  assert.is(state.reads, count);
  of(text(0));
  assert.is(state.reads, count + 1);
});

test("messages of methods that change nothing come again", () => {
  assert.ok(isAskedAgain(DashboardsService.method.render));
  assert.not(isAskedAgain(DashboardsService.method.saveDefinition));
});

test.run();
