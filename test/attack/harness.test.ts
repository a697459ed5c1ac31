/** Whether `npm run attack` does what it says of a folder of cases that it has never seen, the wrong ones included. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { readWanted } from "./wanted.ts";

const test = suite("the attack command");
const folder = mkdtempSync(join(tmpdir(), "dashboards-cases-"));

test.after(() => rmSync(folder, { recursive: true, force: true }));

const madeUp = join(import.meta.dirname, "made-up");

const good = { id: "x-001", name: "x", sev: "low", steps: [{ do: "sleep" }], expect: { status: [200], props: [] } };

/** By what is wrong with a file: what stands in it, and what is said. */
const malformed: readonly (readonly [what: string, text: string, said: RegExp])[] = [
  ["no JSON", "{", /01-a\.json is no JSON/],
  ["no list", "{}", /01-a\.json: it has no list of cases/],
  ["no case", '{"cases": []}', /there are no cases in/],
  ["a case that is no object", '{"cases": [1]}', /01-a\.json: case 1: is no object/],
  ["no steps", cases({ ...good, steps: [] }), /01-a\.json: case x-001: steps must be/],
  ["a step that does nothing", cases({ ...good, steps: [{}] }), /case x-001: each step must/],
  ["a step within that does nothing", cases({ ...good, steps: [{ do: "burst", step: 1 }] }), /case x-001: each step/],
  ["no status", cases({ ...good, expect: { props: [] } }), /case x-001: expect\.status must be/],
  ["no properties", cases({ ...good, expect: { status: [200] } }), /case x-001: expect\.props must be/],
  ["an id twice", cases(good, good), /01-a\.json: there are two cases x-001/],
];

for (const [what, text, said] of malformed) {
  test(`${what} in a file is told with its name`, () => {
    writeFileSync(join(folder, "01-a.json"), text);
    assert.throws(() => readWanted(["--cases", folder]), said);
  });
}

for (const [what, options, said] of [
  ["an unknown option", ["--speed", "9"], /Unknown option '--speed'[\s\S]*usage: /],
  ["an unknown group", ["--groups", "01,77"], /there is no group 77; there are 01-malformed-json, /],
  ["an unknown case", ["--only", "json-999"], /there is no case json-999/],
  ["a case of another group", ["--groups", "02", "--only", "json-001"], /there is no case json-001 in 02/],
  ["no folder", ["--cases", "/no/such/folder"], /there is no folder \/no\/such\/folder/],
] as const) {
  test(`${what} is told`, () => {
    assert.throws(() => readWanted([...options]), said);
  });
}

test("our own cases belong to no other folder, and a group is called by its number or its name", () => {
  const ids = (...args: string[]) => readWanted(args).cases.map(({ id }) => id);
  assert.ok(ids().includes("odef-001"));
  assert.equal(ids("--groups", "left-out", "--cases", madeUp).length, 8);
  assert.equal(ids("--groups", "01,rpc", "--only", "rpc-016"), ["rpc-016"]);
});

test("a folder of cases never seen before: what is right passes, what is wrong fails, all else is listed", async () => {
  const { code, output } = await attack("--cases", madeUp);
  const [failed, tolerated, disputed, skipped] = ["failed:", "tolerated ", "disputed:", "skipped:"].map((title) =>
    [...sectionOf(output, title).matchAll(/^ {2}(up-\d+)/gm)].map(([, id]) => id),
  );
  assert.equal(failed, ["up-021", "up-022", "up-023", "up-024", "up-025", "up-026", "up-027", "up-028"]);
  assert.equal(tolerated, ["up-003"]);
  assert.equal(disputed, ["up-061"]);
  assert.equal(skipped, ["up-041", "up-042", "up-043", "up-044", "up-045", "up-046", "up-047"]);
  assert.match(
    output,
    /FAILED up-021 .*\n {2}answers 200 .*\n {6}sent \(http, as A\): POST [\s\S]*? {6}seen \(\d+ ms\): HTTP/,
  );
  assert.is(output.trimEnd().split("\n").at(-1), "2 passed, 8 failed, 7 skipped");
  assert.is(code, 1);
});

test.run();

function cases(...list: readonly object[]): string {
  return JSON.stringify({ group: "x", title: "x", cases: list });
}

function sectionOf(output: string, title: string): string {
  return new RegExp(`^${title}.*\\n((?: {2}.*\\n)*)`, "m").exec(output)?.[1] ?? "";
}

async function attack(...options: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "run.ts"), ...options]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number>((resolve) => child.once("close", (status) => resolve(status ?? -1)));
  return { code, output };
}
