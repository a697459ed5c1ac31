import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { demoFiles } from "../../demo/data.ts";
import { SaveDefinitionRequestSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createUnboundPanelFinder } from "../../src/definition/unbound-panels.ts";
import { findCrossFieldProblems, toDefinition } from "../../src/rpc/save-definition.ts";
import { createFieldCheck } from "../../src/rpc/validate.ts";
import { suite } from "../harness.ts";

const demo = join(import.meta.dirname, "../../demo");
const names = readdirSync(join(demo, "dashboards"));
const fieldCheck = createFieldCheck();

const test = suite("demo dashboards");

test("there are at least three, and the one of the documented calls among them", () => {
  assert.ok(names.length >= 3);
  assert.ok(names.includes("ops_overview.yaml"));
});

for (const name of names) {
  test(`${name} is valid`, () => {
    const request = read(name);
    assert.is(`${request.dashboardId}.yaml`, name);
    assert.equal(fieldCheck(SaveDefinitionRequestSchema, request), []);
    assert.equal(findCrossFieldProblems(SaveDefinitionRequestSchema, request), []);
  });
}

/** A directory of airports has no dates: what is read from it, and joined with it, no period narrows. */
const beyond: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "sources.yaml": { period: ["airports", "where-planes-hit-birds", "on-the-map"] },
};

// The galleries show kinds of panels side by side, most of which have nothing to do with a filter.
for (const name of names.filter((name) => !name.startsWith("gallery"))) {
  test(`a link can fix each filter of ${name}`, () => {
    const definition = toDefinition(read(name));
    const unboundPanels = createUnboundPanelFinder(definition);
    for (const { name: filter } of definition.filters) {
      assert.equal(unboundPanels(filter), beyond[name]?.[filter] ?? [], filter);
    }
  });
}

test("every file that a dashboard reads is installed, and every one that is installed has its licence told", () => {
  const read = names.flatMap((name) => pathsOf(name));
  const installed = demoFiles.map(({ name }) => name);
  assert.equal([...new Set(read)].sort(), installed.toSorted());
  const licences = readFileSync(join(demo, "LICENSES.md"), "utf8");
  for (const name of installed) assert.ok(licences.includes(name), name);
});

test.run();

function read(name: string) {
  return fromJson(
    SaveDefinitionRequestSchema,
    parse(readFileSync(join(demo, "dashboards", name), "utf8")) as JsonValue,
  );
}

function pathsOf(name: string): string[] {
  return read(name).datasources.flatMap(({ source }) =>
    source.case === "duckdb" ? source.value.files.map(({ path }) => path) : [],
  );
}
