import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import * as assert from "uvu/assert";
import { readPageFiles } from "../../src/main/assets.ts";
import { readReleased } from "../../src/main/released.ts";
import { suite } from "../harness.ts";

const test = suite("released assets");

test("what an earlier release linked to is served as it was, under the name that its content has", () => {
  const released = readReleased();
  // The style of 0.1.0, the first.
  assert.ok(released.has("/assets/dashboard.8b5012db3e82ee67.css"));
  const { assets } = readPageFiles();
  for (const [path, { body, type }] of released) {
    const [, digest] = /\.([0-9a-f]{16})\.\w+$/.exec(basename(path))!;
    assert.is(createHash("sha256").update(body).digest("hex").slice(0, 16), digest, path);
    assert.equal(assets.get(path)?.body, body);
    assert.type(type, "string");
  }
});

test("a release keeps what it links to", () => {
  const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  assert.match(scripts["release:baseline"], "node src/command/keep-assets.ts");
});

test.run();
