import { gunzipSync } from "node:zlib";
import { fromBinary, toJsonString } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { RenderResponseSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createRenderAnswers } from "../../src/rpc/render-answers.ts";
import { suite } from "../harness.ts";

const test = suite("answers to Render");

const asset = { url: "https://a.example/x", integrity: "sha384-x" };
const rendered = {
  html: `<div class="dj">"quoted" \u2028 \\ é 😀</div>`.repeat(40),
  digest: "d",
  freshUntilMs: 10_000,
  partial: true,
  whole: true,
  panels: [
    { id: "a", asOfMs: 1_234, stale: false, error: "" },
    { id: "b", asOfMs: undefined, stale: true, error: "source_unavailable" },
  ],
};

test("the kept bytes are those of the message, also compressed, whatever the ttl has become", async () => {
  let nowMs = 1;
  const { answerOf, bytesOf } = createRenderAnswers({ assets: { script: asset, style: asset }, now: () => nowMs });
  for (const ttlS of [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]) {
    const answer = answerOf(rendered, 3);
    assert.equal([answer.ttlS, answer.version], [ttlS, 3]);
    const expected = toJsonString(RenderResponseSchema, answer, { useProtoFieldName: true, alwaysEmitImplicit: true });
    const { json, binary } = bytesOf(answer)!;
    assert.is(Buffer.concat(json.plain()).toString(), expected);
    assert.is(gunzipSync(Buffer.concat(await json.gzip!())).toString(), expected);
    for (const bytes of [Buffer.concat(binary.plain()), gunzipSync(Buffer.concat(await binary.gzip!()))]) {
      assert.equal(fromBinary(RenderResponseSchema, bytes), answer);
    }
    nowMs += 1_000;
  }
});

test("an answer is the same object as long as it says the same", () => {
  let nowMs = 0;
  const { answerOf } = createRenderAnswers({ assets: { script: asset, style: asset }, now: () => nowMs });
  const first = answerOf(rendered, 3);
  assert.is(answerOf(rendered, 3), first);
  assert.is.not(answerOf(rendered, 4), first);
  nowMs = 5_000;
  assert.is.not(answerOf(rendered, 3), first);
  assert.is.not(answerOf({ ...rendered }, 3), answerOf(rendered, 3));
});

test("no bytes are kept of other messages", () => {
  const { bytesOf, answerOf } = createRenderAnswers({ assets: { script: asset, style: asset }, now: () => 0 });
  assert.is(bytesOf({ ...answerOf(rendered, 1) }), undefined);
});

test.run();
