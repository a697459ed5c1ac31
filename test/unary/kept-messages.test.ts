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
  return { state, of: (text: string) => messages.of(Buffer.from(text), read) as RenderRequest };
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

test("a long body is read each time", () => {
  const { of, state } = createReading();
  of("x".repeat(1_024));
  of("x".repeat(1_024));
  assert.is(state.reads, 1);
  of("x".repeat(1_025));
  of("x".repeat(1_025));
  assert.is(state.reads, 3);
});

test("what cannot be read is not kept", () => {
  const messages = createKeptMessages();
  const broken = () => {
    throw new Error("broken");
  };
  assert.throws(() => messages.of(Buffer.from("a"), broken), /broken/);
  const message = create(RenderRequestSchema);
  assert.is(
    messages.of(Buffer.from("a"), () => message),
    message,
  );
});

test("of too many bodies the oldest are let go", () => {
  const { of, state } = createReading();
  const text = (at: number) => `${at}`.padEnd(1_024, "-");
  for (let at = 0; at < 257; at += 1) of(text(at));
  of(text(256));
  assert.is(state.reads, 257);
  of(text(0));
  assert.is(state.reads, 258);
});

test("messages of methods that change nothing come again", () => {
  assert.ok(isAskedAgain(DashboardsService.method.render));
  assert.not(isAskedAgain(DashboardsService.method.saveDefinition));
});

test.run();
