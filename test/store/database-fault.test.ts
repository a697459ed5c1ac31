import { DrizzleQueryError } from "drizzle-orm/errors";
import postgres from "postgres";
import * as assert from "uvu/assert";
import { toErrorAnswer } from "../../src/errors/answer.ts";
import { fault } from "../../src/errors/fault.ts";
import { toDatabaseFault } from "../../src/store/database-fault.ts";
import { suite } from "../harness.ts";

const test = suite("store: faults");

const secret = "select 'secret'";

/** An error as the driver throws it. */
function driverError(code: string): Error {
  return Object.assign(new Error(`${secret} failed`), { code, query: secret, parameters: ["secret"] });
}

const cases = {
  "55P03": "IDEMPOTENCY_IN_FLIGHT",
  "57014": "DEPENDENCY_DOWN",
  "57P01": "DEPENDENCY_DOWN",
  "57P03": "DEPENDENCY_DOWN",
  "53300": "DEPENDENCY_DOWN",
  "53100": "DEPENDENCY_DOWN",
  "08006": "DEPENDENCY_DOWN",
  "28P01": "DEPENDENCY_DOWN",
  "25006": "DEPENDENCY_DOWN",
  "40P01": "DEPENDENCY_DOWN",
  "22021": "INVALID_REQUEST",
  "23503": "NOT_FOUND",
  "42501": "INTERNAL",
  "42P01": "INTERNAL",
  "25P02": "INTERNAL",
  CONNECTION_CLOSED: "DEPENDENCY_DOWN",
  CONNECTION_DESTROYED: "DEPENDENCY_DOWN",
  CONNECT_TIMEOUT: "DEPENDENCY_DOWN",
  ECONNREFUSED: "DEPENDENCY_DOWN",
  ENOENT: "DEPENDENCY_DOWN",
  ERR_INVALID_ARG_TYPE: "INTERNAL",
};

for (const [code, reason] of Object.entries(cases)) {
  test(`${code} becomes ${reason}, bare or wrapped, and says nothing of the query`, () => {
    for (const error of [driverError(code), new DrizzleQueryError(secret, ["secret"], driverError(code))]) {
      const known = toDatabaseFault(error);
      const answer = toErrorAnswer(known);
      assert.is(answer.reason, reason);
      assert.not.match(JSON.stringify(answer), "secret");
      assert.is(known.cause, error);
      if (answer.status === 503) assert.is(answer.retryAfterS, 1);
    }
  });
}

test("a fault passes as it is, and what is no error at all is ours", () => {
  const known = fault("STALE_VERSION", "read it again");
  assert.is(toDatabaseFault(known), known);
  assert.is(toErrorAnswer(toDatabaseFault("no")).reason, "INTERNAL");
  assert.is(toErrorAnswer(toDatabaseFault(new postgres.PostgresError("no"))).reason, "INTERNAL");
});

test.run();
