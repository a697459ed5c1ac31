import type { JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { definitionDigest, definitionToJson, parseStoredDefinition } from "../../src/definition/canonical.ts";
import { suite } from "../harness.ts";
import { definitionOf } from "./make.ts";

const test = suite("definition/canonical");

test("the canonical form has sorted keys, the proto's names and nothing that is empty", () => {
  const definition = definitionOf({
    layout: { title: "", panels: [{ text: { markdown: "é\u2028" }, id: "a" }] },
    datasources: [{ id: "d", ttlS: 60, inline: { columns: [{ name: "n" }], rows: [[1.0, 1e21, -0, null]] } }],
  });
  assert.is(
    definitionToJson(definition),
    '{"dashboard_id":"ops","datasources":[{"id":"d","inline":{"columns":[{"name":"n"}],"rows":[[1,1e+21,0,null]]},' +
      '"ttl_s":60}],"layout":{"panels":[{"id":"a","text":{"markdown":"é\u2028"}}]}}',
  );
});

test("the digest is the SHA-256 of the text", () => {
  assert.is(definitionDigest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("a stored definition is read again, and fields of a later release are ignored", () => {
  const json = '{"dashboard_id":"ops","invented":{"a":[1]},"layout":{"title":"T","later":1}}';
  const definition = parseStoredDefinition(json);
  assert.is(definition.layout?.title, "T");
  assert.is(definitionToJson(definition), '{"dashboard_id":"ops","layout":{"title":"T"}}');
});

test("the canonical form outlives reading again, the order of keys and the form of numbers", () => {
  const cell = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const column = fc.string({ minLength: 1, unit: "grapheme" }).filter((name) => name !== "__proto__");
  const datasource = fc.record({
    id: fc.stringMatching(/^[a-z]{1,5}$/),
    ttl_s: fc.integer({ min: 1, max: 9 }),
    columns: fc.dictionary(column, fc.record({ unit: fc.constantFrom("", "short"), decimals: fc.nat({ max: 6 }) }), {
      noNullPrototype: true,
    }),
    inline: fc.record({ columns: fc.array(fc.record({ name: column })), rows: fc.array(fc.array(cell)) }),
  });
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.array(datasource, { maxLength: 3 }), (title, datasources) => {
      const tree: JsonObject = { layout: { title }, datasources };
      const json = definitionToJson(definitionOf(tree));
      assert.is(definitionToJson(parseStoredDefinition(json)), json);
      assert.is(definitionToJson(definitionOf(reversed(tree) as JsonObject)), json);
      // 5 and 5.0e0 are one number, and a JSON parser gives them as one.
      const spelled = json.replace(/"ttl_s":(\d)/g, '"ttl_s":$1.0e0');
      assert.is(definitionToJson(parseStoredDefinition(spelled)), json);
    }),
    { numRuns: 200 },
  );
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, inner]) => [key, reversed(inner)]));
}

test.run();
