import { gunzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import { compressHead, gzipWithTail } from "../../src/rpc/split-gzip.ts";
import { suite } from "../harness.ts";

const test = suite("gzip of a beginning and an end");
const head = Buffer.from("<div>dashboards</div>".repeat(5_000));

for (const length of [0, 1, 300, 65_535, 65_536, 200_000]) {
  test(`an end of ${length} bytes is there again, and the beginning serves another one`, async () => {
    const compressed = await compressHead(head);
    for (const letter of ["a", "b"]) {
      const tail = Buffer.alloc(length, letter);
      const bytes = Buffer.concat(gzipWithTail(compressed, tail));
      assert.ok(gunzipSync(bytes).equals(Buffer.concat([head, tail])));
      assert.ok(bytes.length < length + head.length / 10, "the beginning is compressed");
    }
  });
}

test("a beginning of nothing is one", async () => {
  const bytes = Buffer.concat(gzipWithTail(await compressHead(Buffer.alloc(0)), Buffer.from("end")));
  assert.is(gunzipSync(bytes).toString(), "end");
});

test.run();
