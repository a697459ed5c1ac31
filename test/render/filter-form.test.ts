import * as assert from "uvu/assert";
import type { FilterControl } from "../../src/definition/viewer-filters.ts";
import { drawFilterForm } from "../../src/render/filter-form.ts";
import { findFlaw } from "../chart/well-formed.ts";
import { suite } from "../harness.ts";
import { type Element, findAll, parseMarkup } from "../markup.ts";

const test = suite("the filter form");

const control = (name: string, more: Partial<FilterControl> = {}): FilterControl => ({
  name,
  title: name.toUpperCase(),
  type: "string",
  many: false,
  required: false,
  chosen: [],
  isDefault: true,
  options: [],
  takes: () => true,
  ...more,
});

const options = ["IN", "US"].map((text) => ({ text, words: `In ${text}` }));

const formOf = (controls: readonly FilterControl[], place: "page" | "embed" = "page", roomChars = 100_000): Element => {
  const markup = String(drawFilterForm(controls, place, roomChars).form);
  assert.is(findFlaw(markup), undefined);
  return parseMarkup(markup);
};
const fieldsOf = (form: Element) => findAll(form, ({ tag }) => ["select", "input"].includes(tag));

/** What a browser sends of the form as it stands. */
const sentBy = (form: Element): string[][] =>
  fieldsOf(form).flatMap(({ tag, attributes, children }) => {
    if (attributes.type === "checkbox" && attributes.checked === undefined) return [];
    if (tag !== "select") return [[attributes.name!, attributes.value!]];
    const all = children as Element[];
    const chosen = all.find((option) => option.attributes.selected !== undefined) ?? all[0]!;
    return [[attributes.name!, chosen.attributes.value!]];
  });

test("each type has its field, with its name, its type and a label that can be seen", () => {
  const form = formOf([
    control("region", { options, chosen: ["US"] }),
    control("on", { type: "boolean", options: [{ text: "true", words: "Yes" }] }),
    control("n", { type: "number", chosen: ["1.5"] }),
    control("day", { type: "date", chosen: ["2026-01-31"] }),
    control("plan", { chosen: ["Team"] }),
  ]);
  assert.equal(
    fieldsOf(form).map(({ tag, attributes }) => [attributes.type ?? tag, attributes.name, attributes["data-type"]]),
    [
      ["select", "region", "string"],
      ["select", "on", "boolean"],
      ["number", "n", "number"],
      ["date", "day", "date"],
      ["text", "plan", "string"],
    ],
  );
  assert.equal(
    findAll(form, ({ tag }) => tag === "label").map(({ children }) => (children[0] as Element).children[0]),
    ["REGION", "ON", "N", "DAY", "PLAN"],
  );
  assert.equal(
    sentBy(form).map(([, value]) => value),
    ["US", "", "1.5", "2026-01-31", "Team"],
  );
});

test("it says what every filter is set to, and that one is not set, so that none falls back to its default", () => {
  assert.equal(sentBy(formOf([control("a", { options }), control("b", { many: true, options }), control("c")])), [
    ["a", ""],
    ["b", ""],
    ["c", ""],
  ]);
});

test("a filter of many values is a list of boxes, whose number is told", () => {
  const summary = (more: Partial<FilterControl>) => {
    const [found] = findAll(formOf([control("r", { many: true, ...more })]), ({ tag }) => tag === "summary");
    return (found!.children[1] as Element).children[0];
  };
  assert.is(summary({ options }), "All");
  assert.is(summary({ options, chosen: ["IN"] }), "In IN");
  assert.is(summary({ options, chosen: ["IN", "US"] }), "2 of 2");
  assert.is(summary({ chosen: ["x", "y"] }), "2 chosen");
  const form = formOf([control("r", { many: true, options, chosen: ["US"] })]);
  assert.equal(sentBy(form), [
    ["r", ""],
    ["r", "US"],
  ]);
  const boxes = fieldsOf(form).filter(({ attributes }) => attributes.type === "checkbox");
  assert.ok(boxes.every(({ attributes }) => attributes["data-many"] === "" && attributes["data-type"] === "string"));
});

test("where any value goes into the list, one more can be put in, and the others taken out", () => {
  const form = formOf([control("n", { many: true, type: "number", chosen: ["1", "2"] })]);
  assert.equal(
    fieldsOf(form).map(({ attributes }) => [attributes.type, attributes.value]),
    [
      ["checkbox", "1"],
      ["checkbox", "2"],
      ["number", ""],
    ],
  );
});

test("a filter that must have a value cannot be left without one", () => {
  const form = formOf([
    control("a", { options, chosen: ["IN"], required: true }),
    control("b", { chosen: ["x"], required: true }),
    control("c", { many: true, options, chosen: ["IN"], required: true }),
  ]);
  assert.equal(sentBy(form), [
    ["a", "IN"],
    ["b", "x"],
    ["c", "IN"],
  ]);
  const [select, text] = fieldsOf(form);
  assert.is(select!.children.length, 2);
  assert.is(text!.attributes.required, "");
});

test("what was changed can be taken back on a page; a host that embeds it would be led away by that", () => {
  const links = (isDefault: boolean, place: "page" | "embed") =>
    findAll(formOf([control("a", { isDefault })], place), ({ tag }) => tag === "a").map((link) => link.attributes.href);
  assert.equal(links(false, "page"), ["?"]);
  assert.equal(links(true, "page"), []);
  assert.equal(links(false, "embed"), []);
});

test("a filter for which there is no room keeps what it is set to", () => {
  const long = Array.from({ length: 500 }, (_, index) => ({ text: `${index}`, words: `Number ${index}` }));
  const controls = [control("a", { options }), control("b", { options: long, chosen: ["7"], isDefault: false })];
  const { form, names } = drawFilterForm(controls, "page", 5_000);
  assert.equal([...names], ["a"]);
  assert.ok(form.length < 5_000);
  assert.equal(sentBy(parseMarkup(String(form))), [
    ["a", ""],
    ["b", "7"],
  ]);
  assert.equal(sentBy(formOf(controls, "embed", 5_000)), [["a", ""]]);
  assert.is(drawFilterForm(controls, "page", 10).form.length, 0);
});

test("no text gets out of its place", () => {
  const hostile = `"><script>alert(1)</script>' onfocus='x`;
  const option = { text: hostile, words: hostile };
  for (const more of [{ options: [option] }, { options: [option], many: true }, { many: true }, {}]) {
    const { form } = drawFilterForm([control("a", { title: hostile, chosen: [hostile], ...more })], "page", 100_000);
    assert.is(findFlaw(String(form)), undefined);
    assert.not.match(String(form), "<script");
  }
});

test.run();
