import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "@bufbuild/protobuf";
import canonicalize from "canonicalize";
import * as assert from "uvu/assert";
import { definitionToJson, parseStoredDefinition } from "../../src/definition/canonical.ts";
import { suite } from "../harness.ts";
import { startStoredService } from "../stored.ts";
import { findUnused } from "./released.ts";
import { findChanges, readValues, type Values } from "./values.ts";

/** A render of a frozen definition; README.md tells how its values come to be. */
type FrozenRender = { readonly request: JsonObject; readonly values?: Values };

const test = suite("frozen definitions");

/** Whether values are written where there are none. Values that are there are never replaced. */
const isFreezing = process.env.FREEZE === "1";

const service = await startStoredService();
test.after(service.close);
const folder = join(service.filesDir, "acme");
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(join(import.meta.dirname, "files"))) {
  copyFileSync(join(import.meta.dirname, "files", file), join(folder, file));
}

const ids = readdirSync(join(import.meta.dirname, "cases"));
const definitions = ids.map((id) => JSON.parse(read(id, "definition.json")) as JsonObject);

for (const [index, id] of ids.entries()) {
  const json = canonicalize(definitions[index])!;
  await service.store(id, json);
  const renders = JSON.parse(read(id, "renders.json")) as FrozenRender[];

  for (const [order, { request, values }] of renders.entries()) {
    test(`${id} renders as it always did: ${JSON.stringify(request)}`, async () => {
      const answer = await service.post("/render", { dashboard_id: id, ...request });
      const body = (await answer.json()) as { html: string; partial: boolean };
      assert.is(answer.status, 200, JSON.stringify(body));
      assert.is(body.partial, false);
      const now = readValues(body.html);
      if (values === undefined && isFreezing) {
        renders[order] = { request, values: now };
        writeFileSync(pathOf(id, "renders.json"), `${JSON.stringify(renders, null, 2)}\n`);
        return;
      }
      assert.ok(values !== undefined, "there are no values yet: see README.md");
      assert.equal(findChanges(now, values), []);
    });
  }

  test(`${id} has the text, and so the digest, that it always had`, () => {
    assert.is(definitionToJson(parseStoredDefinition(json)), json);
  });

  test(`${id} can still be saved, and is no new version`, async () => {
    const answer = await service.post("/definitions", definitions[index]!);
    const { status, version } = (await answer.json()) as JsonObject;
    assert.equal({ status, version }, { status: "active", version: 1 });
  });
}

test("every field of the released contract is frozen, and every word of its vocabularies", () => {
  assert.equal(findUnused(definitions), []);
});

test("a value that changes is found out, one that is added or drawn otherwise is not", () => {
  const frozen = { panels: [{ words: ["12", "k/s"], columns: [{ values: [1, null] }] }] };
  const changesOf = (words: string[], values: (number | null)[], more = {}) =>
    findChanges({ panels: [{ words, columns: [{ values, ...more }], ...more }] }, frozen);
  assert.equal(changesOf(["12k", "/s"], [1, null], { added: true }), []);
  assert.equal(changesOf(["12", "k/s"], [1, 0]), ["$.panels[0].columns[0].values[1]: 0 was null"]);
  assert.equal(changesOf(["12", "k/s"], [1]), ["$.panels[0].columns[0].values: has 1 items, had 2"]);
  assert.is(changesOf(["13", "k/s"], [1, null]).length, 1);
});

test.run();

function pathOf(id: string, file: string): string {
  return join(import.meta.dirname, "cases", id, file);
}

function read(id: string, file: string): string {
  return readFileSync(pathOf(id, file), "utf8");
}
