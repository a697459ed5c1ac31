import { createHash } from "node:crypto";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { BrandSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { brandStyle, brandToRef } from "../../src/page/brand.ts";
import { suite } from "../harness.ts";

const test = suite("brand");
const origin = "https://dashboards.test";
const refOf = (brand: MessageInitShape<typeof BrandSchema>) => brandToRef(create(BrandSchema, brand), origin);
const styleOf = (brand: MessageInitShape<typeof BrandSchema>) =>
  brandStyle(refOf(brand)!.style.url.slice(origin.length))!;

test("a brand sets the variables of the roots that have its class, in both themes", () => {
  const brand = {
    accent: "#0B6E4F",
    accentDark: "#4fd1a5",
    series: ["#111111", "#222222"],
    seriesDark: ["#eeeeee", "#DDDDDD"],
    radius: 4,
  };
  assert.is(refOf(brand)!.className, "dj-b-0b6e4f4fd1a5-4-111111eeeeee222222dddddd");
  assert.is(
    styleOf(brand),
    ".dj-b-0b6e4f4fd1a5-4-111111eeeeee222222dddddd{--dj-accent:light-dark(#0b6e4f,#4fd1a5);--dj-radius:4px;" +
      "--dj-series-1:light-dark(#111111,#eeeeee);--dj-series-2:light-dark(#222222,#dddddd)}\n",
  );
});

test("what a brand does not name stays ours, and a colour without a dark one is the same in the dark", () => {
  assert.match(styleOf({ radius: 0 }), /\{--dj-radius:0px\}/);
  assert.match(styleOf({ accent: "#777777" }), /\{--dj-accent:light-dark\(#777777,#777777\)\}/);
  assert.match(styleOf({ series: ["#777777"] }), /\{--dj-series-1:light-dark\(#777777,#777777\)\}/);
});

test("a brand of words alone has no style", () => {
  assert.is(refOf({ logoText: "Acme" }), undefined);
  assert.is(brandToRef(undefined, origin), undefined);
});

test("the link's integrity is that of what is served", () => {
  const brand = { accent: "#0b6e4f" };
  const digest = createHash("sha384").update(styleOf(brand)).digest("base64");
  assert.is(refOf(brand)!.style.integrity, `sha384-${digest}`);
});

test("every brand leads to a style of one rule under its own class, within a kibibyte", () => {
  const color = fc.stringMatching(/^#[0-9A-Fa-f]{6}$/);
  const colors = fc.array(color, { maxLength: 8 });
  const brands = fc.record({
    accent: fc.oneof(color, fc.constant("")),
    series: colors,
    seriesDark: colors,
    radius: fc.integer({ min: 0, max: 24 }),
  });
  fc.assert(
    fc.property(brands, (brand) => {
      const style = styleOf(brand);
      assert.match(style, /^\.dj-b-[0-9a-f-]+\{(--dj-[a-z0-9-]+:[a-z0-9#(),-]+;?)+\}\n$/);
      assert.ok(style.startsWith(`.${refOf(brand)!.className}{`));
      assert.ok(style.length <= 1024);
    }),
  );
});

for (const name of [
  "--",
  "0b6e4f-4-",
  "0b6e4f0b6e4f-04-",
  "0b6e4f0b6e4f-25-",
  "0B6E4F0B6E4F-4-",
  "0b6e4f0b6e4f-4-0b6e4f",
  `-4-${"0b6e4f0b6e4f".repeat(9)}`,
  "0b6e4f0b6e4f-4-}*{color:red",
  "-4-/../x",
  "-4-\n",
]) {
  test(`no style is at ${JSON.stringify(name)}`, () => {
    assert.is(brandStyle(`/assets/brand/${name}.css`), undefined);
  });
}

test("no style is beside the brands' folder", () => {
  assert.ok(brandStyle("/assets/brand/-4-.css"));
  for (const path of ["/assets/-4-.css", "/assets/brand/-4-", "/assets/brand/-4-.css.map", "x/assets/brand/-4-.css"]) {
    assert.is(brandStyle(path), undefined);
  }
});

test.run();
