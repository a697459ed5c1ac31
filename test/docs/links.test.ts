import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { headingToAnchor, parseSections, readDocument } from "./markdown.ts";

const test = suite("links of the documents");

const root = new URL("../../", import.meta.url);
const names = readdirSync(new URL("docs", root)).filter((name) => name.endsWith(".md"));
const known = new Map<string, ReadonlySet<string>>();
const documents = ["README.md", "ARCHITECTURE.md", ...names.map((name) => `docs/${name}`)];

for (const document of documents) {
  test(`every relative link of ${document} leads somewhere`, () => {
    for (const target of targetsOf(readDocument(document))) {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? document : fromRoot(new URL(path, new URL(document, root)));
      assert.ok(existsSync(new URL(file, root)), target);
      if (anchor === undefined) continue;
      assert.ok(anchorsOf(file).has(anchor), target);
    }
  });
}

test.run();

/** Many links lead to one document. */
function anchorsOf(file: string): ReadonlySet<string> {
  const found =
    known.get(file) ?? new Set(parseSections(readDocument(file)).map(({ title }) => headingToAnchor(title)));
  known.set(file, found);
  return found;
}

/** Addresses of links and images, without those that lead to other sites, and what stands in code. */
function targetsOf(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

function fromRoot(url: URL): string {
  return fileURLToPath(url).slice(fileURLToPath(root).length);
}
