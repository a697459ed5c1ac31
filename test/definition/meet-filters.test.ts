import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import * as assert from "uvu/assert";
import { meetFilters } from "../../src/definition/meet-filters.ts";
import { toErrorAnswer, toFault } from "../../src/errors/answer.ts";
import { suite } from "../harness.ts";
import { valuesOf } from "./make.ts";

const test = suite("definition/meet-filters");

type Layers = Partial<Record<"held" | "fixed" | "asked", Parameters<typeof valuesOf>[0]>>;

const meet = ({ held = {}, fixed = {}, asked = {} }: Layers) => {
  const met = meetFilters({ held: valuesOf(held), fixed: valuesOf(fixed), asked: valuesOf(asked) });
  return Object.fromEntries(Object.entries(met).map(([name, value]) => [name, toJson(ValueSchema, value)]));
};

test("each layer adds the filters that the others do not name", () => {
  assert.equal(meet({ held: { region: "IN" }, fixed: { plan: "Team" }, asked: { n: 1, unset: null } }), {
    n: 1,
    unset: null,
    plan: "Team",
    region: "IN",
  });
  assert.equal(meet({}), {});
});

test("a link's word goes over its viewer's, whatever that is", () => {
  assert.equal(meet({ fixed: { region: "IN" }, asked: { region: "US" } }), { region: "IN" });
  assert.equal(meet({ fixed: { region: null }, asked: { region: "US" } }), { region: null });
});

test("what a token holds may be said again, and a list be narrowed", () => {
  assert.equal(meet({ held: { region: "IN" }, asked: { region: "IN" } }), { region: "IN" });
  const held = { region: ["IN", "US"] };
  assert.equal(meet({ held, asked: { region: ["US"] } }), { region: ["US"] });
  assert.equal(meet({ held, asked: { region: "US" } }), { region: "US" });
  assert.equal(meet({ held, fixed: { region: ["US", "IN"] } }), { region: ["US", "IN"] });
});

const wider: Readonly<Record<string, Layers>> = {
  "another value": { held: { region: "IN" }, asked: { region: "US" } },
  "another type": { held: { n: 1 }, asked: { n: "1" } },
  "no value": { held: { region: "IN" }, asked: { region: null } },
  "a list around the value": { held: { region: "IN" }, asked: { region: ["IN", "US"] } },
  "a list of more": { held: { region: ["IN"] }, asked: { region: ["IN", "US"] } },
  "a list of none": { held: { region: ["IN"] }, asked: { region: [] } },
  "another span": { held: { period: "last 7d" }, asked: { period: "last 30d" } },
  "a link's other value": { held: { region: "IN" }, fixed: { region: "US" } },
};
for (const [name, layers] of Object.entries(wider)) {
  test(`what a token holds cannot be widened: ${name}`, () => {
    const error = failureOf(() => meet(layers));
    const field = `filters.${Object.keys(layers.held ?? {})[0]}`;
    assert.equal(error.details, [{ field, description: "is held by the access token to another value" }]);
  });
}

test("a viewer's value counts for nothing where the link's is what the token holds", () => {
  assert.equal(meet({ held: { region: "IN" }, fixed: { region: "IN" }, asked: { region: "US" } }), { region: "IN" });
});

function failureOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    const { body } = toErrorAnswer(toFault(error));
    assert.is(body.reason, "INVALID_FILTER");
    return body;
  }
  throw new Error("nothing was refused");
}

test.run();
