import * as assert from "uvu/assert";
import { toErrorAnswer } from "../../src/errors/answer.ts";
import { fault } from "../../src/errors/fault.ts";
import { capProblems } from "../../src/errors/problems.ts";
import { suite } from "../harness.ts";

const test = suite("problems");

const problems = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) => ({ field: `a[${index}]`, description: "x".repeat(length) }));

test("up to fifty problems are listed as they are", () => {
  assert.equal(capProblems(problems(50, 20)), problems(50, 20));
});

test("of more than fifty the last says that there are more", () => {
  const capped = capProblems(problems(51, 20));
  assert.equal(capped.slice(0, 49), problems(49, 20));
  assert.equal(capped.slice(49), [{ field: "", description: "there are more problems: mend these first" }]);
});

test("long problems are listed up to 4 KiB of them, counted in UTF-8", () => {
  assert.is(capProblems(problems(10, 1_000)).length, 5);
  assert.is(capProblems(problems(10, 300).map(({ field }) => ({ field, description: "日".repeat(334) }))).length, 5);
  assert.is(capProblems(problems(1, 5_000)).length, 1);
});

test("a fault has no more details than that, whoever finds them", () => {
  assert.is(toErrorAnswer(fault("INVALID_REQUEST", "x", { details: problems(10_000, 20) })).body.details?.length, 50);
});

test.run();
