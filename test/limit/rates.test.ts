import { equal, is, match, unreachable } from "uvu/assert";
import { parseTenantRates } from "../../src/limit/parse-tenant-rates.ts";
import { createRates, openLinks } from "../../src/limit/rates.ts";
import { suite } from "../harness.ts";

const test = suite("rates of tenants");

const known = { methods: ["Render", "Share"], isTenant: (name: string) => /^\w+$/.test(name) };
const methods = { perSecond: 10, burst: 10 };
const links = { perSecond: 50, burst: 50 };

function ratesOf(file: unknown) {
  return createRates({ methods, links, tenants: parseTenantRates(JSON.stringify(file), known) });
}

test("without a rule of the tenant's own, the rule for everybody holds", () => {
  const rateOf = createRates({ methods, links, tenants: new Map() });
  equal([rateOf("acme", "Render"), rateOf("acme", openLinks)], [methods, links]);
});

test("a tenant's rule for the method comes first, then its rule for all methods, then everybody's", () => {
  const rateOf = ratesOf({
    tenants: {
      acme: { Render: { per_second: 50, burst: 100 }, "*": { per_second: 20, burst: 30 } },
      globex: { Share: { per_second: 1, burst: 1 } },
    },
  });
  equal(rateOf("acme", "Render"), { perSecond: 50, burst: 100 });
  equal(rateOf("acme", "Share"), { perSecond: 20, burst: 30 });
  equal(rateOf("globex", "Share"), { perSecond: 1, burst: 1 });
  equal(rateOf("globex", "Render"), methods);
  equal(rateOf("initech", "Render"), methods);
});

test("opening links has a rule of its own, which the rule for all methods is not", () => {
  const rateOf = ratesOf({
    tenants: {
      acme: { "*": { per_second: 1, burst: 1 } },
      globex: { open_links: { per_second: 500, burst: 900 } },
    },
  });
  equal(rateOf("acme", openLinks), links);
  equal(rateOf("globex", openLinks), { perSecond: 500, burst: 900 });
  equal(rateOf("globex", "Render"), methods);
});

test("names of Object.prototype are tenants and methods like any other", () => {
  const rateOf = ratesOf({ tenants: {} });
  for (const name of ["__proto__", "constructor", "toString"]) is(rateOf(name, name), methods);
  const own = createRates({
    methods,
    links,
    tenants: parseTenantRates('{"tenants":{"__proto__":{"Render":{"per_second":2,"burst":2}}}}', known),
  });
  equal(own("__proto__", "Render"), { perSecond: 2, burst: 2 });
  equal(own("acme", "Render"), methods);
});

test("every problem is said at once, each with its path in the file", () => {
  const wrong: [file: unknown, ...lines: string[]][] = [
    [[], "the file must be an object", "tenants must be an object"],
    [{}, "tenants must be an object"],
    [{ tenants: {}, tenant: {} }, "tenant is unknown: the file has tenants"],
    [{ tenants: { acme: 5, "a b": {} } }, "tenants.acme must be an object", "tenants.a b cannot be a tenant"],
    [
      { tenants: { acme: { render: { per_second: 1, burst: 1 } } } },
      "tenants.acme.render is unknown: a tenant has Render, Share, *, open_links",
    ],
    [
      { tenants: { acme: { Render: { per_second: 0, burst: 1.5, window: 1 } } } },
      "tenants.acme.Render.window is unknown: a rule has per_second and burst",
      "tenants.acme.Render.per_second must be a whole number from 1 to 1000000",
      "tenants.acme.Render.burst must be a whole number from 1 to 1000000",
    ],
    [{ tenants: { acme: { "*": { per_second: "50", burst: 1e9 } } } }, "acme.*.per_second must", "acme.*.burst must"],
    [{ tenants: { acme: { Share: { per_second: 5 } } } }, "tenants.acme.Share.burst must be a whole number"],
  ];
  for (const [file, ...lines] of wrong) {
    const said = messageOf(JSON.stringify(file)).split("\n");
    is(said.length, lines.length, said.join("\n"));
    for (const [index, line] of lines.entries()) match(said[index]!, line);
  }
  is(messageOf('{"tenants":'), "the file is not JSON");
});

function messageOf(json: string): string {
  try {
    parseTenantRates(json, known);
  } catch (error) {
    return (error as Error).message;
  }
  return unreachable(`this must not be taken: ${json}`) as never;
}

test.run();
