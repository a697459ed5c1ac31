import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { equal } from "uvu/assert";
import { suite } from "../harness.ts";
import { faultOf } from "./expect-fault.ts";
import { createTestAuthenticator, mint } from "./tokens.ts";

const test = suite("held filters");
const authenticate = createTestAuthenticator();
const bearer = (held: unknown) => `Bearer ${mint({ claims: { dashboard_filters: held } })}`;

test("a token without the claim holds its caller to nothing", async () => {
  equal((await authenticate(`Bearer ${mint()}`)).held, {});
  equal((await authenticate(bearer({}))).held, {});
});

test("a token holds its caller to values by name", async () => {
  const filters = {
    region: "IN",
    n: 1.5,
    on: true,
    tags: ["a", "b"],
    period: { from: "2026-01-01", to: "2026-02-01" },
  };
  const { held } = await authenticate(bearer(filters));
  equal(Object.fromEntries(Object.entries(held).map(([name, value]) => [name, toJson(ValueSchema, value)])), filters);
});

const misfits: Readonly<Record<string, unknown>> = {
  text: "region=IN",
  "a list": [{ region: "IN" }],
  "a number": 1,
  false: false,
  "a name that no filter has": { "region or 1=1": "IN" },
  "no name": { "": "IN" },
  "a value that unsets": { region: null },
  "an object": { region: { eq: "IN" } },
  "a list of none": { region: [] },
  "a list of lists": { region: [["IN"]] },
  "a list that unsets": { region: [null] },
  "half a span": { period: { from: "2026-01-01" } },
  "a NUL": { region: "I\0N" },
  "half a surrogate pair": { region: "\ud800" },
  "more than a dashboard has": Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`f${at}`, at])),
};
for (const [name, held] of Object.entries(misfits)) {
  test(`a claim that holds to nothing that is known is no valid token: ${name}`, async () => {
    const { status, reason } = await faultOf(() => authenticate(bearer(held)));
    equal([status, reason], [401, "UNAUTHENTICATED"]);
  });
}

test.run();
