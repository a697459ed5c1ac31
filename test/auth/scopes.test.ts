import { equal, is } from "uvu/assert";
import { actingTenant, requireScope } from "../../src/auth/scopes.ts";
import { suite } from "../harness.ts";
import { faultOf } from "./expect-fault.ts";

const test = suite("scopes");

const having = (...scopes: string[]) => ({ tenant: "acme", subject: "u", scopes: new Set(scopes), held: {} });

test("a scope that the token has lets the call pass", () => {
  requireScope(having("dashboards:render"), "dashboards:render");
});

test("nothing but the exact scope lets a call pass", async () => {
  const others = [
    "",
    "*",
    "dashboards:*",
    "Dashboards:Render",
    "dashboards:render2",
    "dashboards",
    "dashboards:publish",
  ];
  for (const scope of others) {
    const { status, reason } = await faultOf(() => requireScope(having(scope), "dashboards:render"));
    equal([status, reason], [403, "SCOPE_MISSING"]);
  }
});

test("an internal service names the tenant", () => {
  is(actingTenant(having("tenants:act-as"), "other"), "other");
  is(actingTenant(having("tenants:act-as"), null), "acme");
});

test("without the scope to act for others the header is ignored, also a malformed one", () => {
  is(actingTenant(having("dashboards:render"), "other"), "acme");
  is(actingTenant(having("dashboards:render"), "../x"), "acme");
});

test("a malformed tenant in the header answers 400 and is not repeated", async () => {
  for (const header of ["", "a, b", "../x", "-a", "a".repeat(64), "a\n"]) {
    const { status, body } = await faultOf(() => actingTenant(having("tenants:act-as"), header));
    is(status, 400);
    equal(
      body.details?.map(({ field }) => field),
      ["x-tenant-id"],
    );
  }
});

test.run();
