import * as assert from "uvu/assert";
import { createLateFiles } from "../../src/http/late-files.ts";
import { suite } from "../harness.ts";

const test = suite("late files");

test("a file is read when it is asked for, once for each form, and anew after a failure", async () => {
  let reads = 0;
  const read = async () => {
    reads += 1;
    if (reads === 1) throw new Error("not there yet");
    return Buffer.from("text");
  };
  const files = createLateFiles(new Map([["/a", { read, headers: { "content-type": "text/plain" } }]]));
  const ask = (coding: string) => files("/a", { "accept-encoding": coding })!();

  assert.is(files("/b", {}), undefined);
  assert.is(reads, 0);
  await ask("gzip").then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, "not there yet"),
  );
  const [first, second] = await Promise.all([ask("gzip"), ask("gzip")]);
  assert.is(reads, 2);
  assert.is(first.body, second.body);
  assert.is(first.headers["content-encoding"], "gzip");
  assert.is(`${(await ask("identity")).body}`, "text");
  assert.is(reads, 3);
});

test.run();
