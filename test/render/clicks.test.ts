import * as assert from "uvu/assert";
import type { FilterControl } from "../../src/definition/viewer-filters.ts";
import { createClicks } from "../../src/render/clicks.ts";
import { suite } from "../harness.ts";

const test = suite("clicks");

const control = (name: string, more: Partial<FilterControl> = {}): FilterControl => ({
  name,
  title: name,
  type: "string",
  many: false,
  required: false,
  chosen: [],
  isDefault: true,
  options: [],
  takes: (text) => text !== "" && text.length < 100,
  ...more,
});

const hrefs = (controls: readonly FilterControl[], click = controls.map(({ name }) => name)) => {
  const clickOf = createClicks("page", controls)({ click });
  return (column: string, value: string) => {
    const found = clickOf(column, value);
    return found?.kind === "link" ? found.href : found;
  };
};

test("on a share page a value is a link that sets the filter of the column's name", () => {
  const href = hrefs([control("plan"), control("region")]);
  assert.is(href("plan", "Team"), "?plan=Team");
  assert.is(href("region", "a&b=c #?é"), "?region=a%26b%3Dc+%23%3F%C3%A9");
});

test("it keeps the choices that were made, unset ones too, and leaves out what is as it was", () => {
  const href = hrefs([
    control("plan"),
    control("tags", { many: true, chosen: ["a b", "c"], isDefault: false }),
    control("region", { chosen: [], isDefault: false }),
    control("year", { chosen: ["2026"] }),
  ]);
  assert.is(href("plan", "Team"), "?tags=a+b&tags=c&region=&plan=Team");
  assert.is(href("tags", "c"), "?region=&tags=c");
});

test("a value that is set already unsets the filter, unless it must have one", () => {
  assert.is(hrefs([control("plan", { chosen: ["Team"], isDefault: false })])("plan", "Team"), "?plan=");
  assert.is(hrefs([control("plan", { chosen: ["Team"], required: true })])("plan", "Team"), undefined);
  assert.is(hrefs([control("tags", { many: true, chosen: ["a", "b"] })])("tags", "a"), "?tags=a");
});

test("there is no link without such a filter, without its taking the value, without a value, or unasked for", () => {
  const href = hrefs([control("plan"), control("region")], ["plan", "colour"]);
  for (const [column, value] of [
    ["colour", "red"],
    ["region", "IN"],
    ["plan", ""],
    ["plan", "x".repeat(100)],
  ] as const) {
    assert.is(href(column, value), undefined, column);
  }
});

test("a reader who has chosen without end clicks no further: each value would repeat it all", () => {
  const chosen = Array.from({ length: 90 }, (_, index) => `choice ${index}`);
  assert.is(
    hrefs([control("plan"), control("tags", { many: true, chosen, isDefault: false })])("plan", "Team"),
    undefined,
  );
});

test("in an embed the host is told of every value, and elsewhere nothing happens", () => {
  assert.equal(createClicks("embed", [])({ click: ["plan"] })("plan", "Team"), { kind: "event" });
  assert.is(createClicks("embed", [])({ click: ["plan"] })("plan", ""), undefined);
  assert.is(createClicks("embed", [])({ click: ["plan"] })("region", "IN"), undefined);
  assert.is(createClicks("still", [control("plan")])({ click: ["plan"] })("plan", "Team"), undefined);
});

test.run();
