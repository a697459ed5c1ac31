import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as assert from "uvu/assert";
import { exitCodes } from "../../src/cli/exit-code.ts";
import { codesOf, parseSections, readDocument } from "../docs/markdown.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { folderOf } from "./definitions.ts";
import { run } from "./run-cli.ts";

/** docs/cli.md says what the command does: every command in it is run, in its order, where the document says it is. */
const test = suite("docs/cli.md");

const sections = parseSections(readDocument("docs/cli.md"));
const service = await startTestService();
const before = process.cwd();
const folder = folderOf({});
mkdirSync(join(folder, "dashboards"));

test.before(() => process.chdir(folder));
test.after(async () => {
  process.chdir(before);
  await service.close();
  rmSync(folder, { recursive: true });
});

const blocks = sections.flatMap((section) => section.blocks);
const linesOf = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => /\$\((.*)\)$/.exec(line)?.[1] ?? line);
const env = { DASHBOARDS_URL: service.url, DATA_DIR: dirname(service.filesDir) };

test("the definition in it is one, and every command does what it is for", async () => {
  const yaml = blocks.find(({ language }) => language === "yaml")!;
  assert.match(yaml.before, "`dashboards/orders.yaml`");
  writeFileSync("dashboards/orders.yaml", yaml.text);
  const lines: string[] = [];
  for (const { language, text, before: told } of blocks) {
    if (told.includes("Change the definition"))
      writeFileSync("dashboards/orders.yaml", yaml.text.replace("a day", "by day"));
    if (language === "sh") for (const line of linesOf(text)) lines.push(await succeed(line));
  }
  assert.ok(lines.length > 15);

  async function succeed(line: string): Promise<string> {
    const { code, out, err } = await run(wordsOf(line).slice(1), { env });
    assert.equal([line, code], [line, 0], err);
    if (!/ (validate|diff) /.test(line)) assert.ok(out !== "", line);
    return line;
  }
});

test("every command that there is stands in it, with its exit codes", async () => {
  const { out } = await run(["--help"]);
  const commands = [...out.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name]) => name!);
  const { rows } = sections.find(({ tables }) => tables.length > 0)!.tables[0]!;
  const told = rows.flatMap(([cell]) => codesOf(cell!)).map((code) => code.split(" ")[0]!);
  assert.equal(told.toSorted(), commands.toSorted());
  const codes = sections.find(({ title }) => title === "Where and who")!.tables[1]!.rows.map(([code]) => Number(code));
  assert.equal(codes, Object.values(exitCodes));
});

test.run();

/** Splits a line as a shell does, as far as the document goes: words, and text in single quotes. */
function wordsOf(line: string): readonly string[] {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  assert.is(words[0], "dashboards", line);
  return words;
}
