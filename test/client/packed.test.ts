import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import * as assert from "uvu/assert";
import { projectDir } from "../../src/main/paths.ts";
import { parseSections, readDocument } from "../docs/markdown.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";

/** The package as others get it: packed, unpacked beside what it needs, and used as its README says. */
const test = suite("the client's package");
const run = promisify(execFile);
const modules = join(projectDir, "node_modules");
const needed = ["@bufbuild/protobuf", "@connectrpc/connect", "@connectrpc/connect-web"];
const folder = mkdtempSync(join(tmpdir(), "client-packed-"));
const installed = join(folder, "node_modules/@datajetty/dashboards-client");
const service = await startTestService();
test.after(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Compiles only where types come through packing. */
const misspelt = `
import { createDashboardsClient } from "@datajetty/dashboards-client";
const client = createDashboardsClient({ baseUrl: "", token: "" });
// @ts-expect-error
await client.render({ dashboard: "orders" });
`;

test.before(async () => {
  // Packing writes into the folder that it packs.
  const source = join(folder, "client");
  const left = new Set(["dist", "node_modules"]);
  cpSync(join(projectDir, "client"), source, { recursive: true, filter: (path) => !left.has(basename(path)) });
  symlinkSync(modules, join(source, "node_modules"));
  await run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: source });
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  mkdirSync(installed, { recursive: true });
  await run("tar", ["-xzf", join(folder, tarball!), "-C", installed, "--strip-components", "1"]);
  for (const name of needed) {
    mkdirSync(join(folder, "node_modules", name, ".."), { recursive: true });
    symlinkSync(join(modules, name), join(folder, "node_modules", name));
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});

test("it depends on Connect and Protobuf, and brings all else that it imports", () => {
  const { dependencies, exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  assert.equal(Object.keys(dependencies), needed);
  assert.match(exports["."].default, /^\.\/dist\//);
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
  const code = files.filter((name) => /\.(js|d\.ts)$/.test(name));
  assert.ok(code.includes("dist/index.js") && code.includes("dist/index.d.ts"));
  assert.not(files.some((name) => /^(src|test)/.test(name) || (name.endsWith(".ts") && !name.endsWith(".d.ts"))));
  const imported = code.flatMap((name) =>
    [...readFileSync(join(installed, name), "utf8").matchAll(/(?:from|import) "([^".][^"]*)"/g)].map(([, from]) =>
      from!.split("/").slice(0, 2).join("/"),
    ),
  );
  assert.equal([...new Set(imported)].sort(), needed);
});

test("packing leaves the folder as it was, but for what it built", () => {
  const packed = readFileSync(join(folder, "client/package.json"), "utf8");
  assert.is(packed, readFileSync(join(projectDir, "client/package.json"), "utf8"));
});

test("the examples of its README compile, run, and print what stands below them", async () => {
  const blocks = parseSections(readDocument("client/README.md")).flatMap((section) => section.blocks);
  const textOf = (wanted: string) =>
    blocks
      .filter(({ language }) => language === wanted)
      .map(({ text }) => text)
      .join("");
  writeFileSync(join(folder, "readme.ts"), textOf("ts"));
  writeFileSync(join(folder, "misspelt.ts"), misspelt);
  const { stdout } = await run(process.execPath, ["readme.ts"], {
    cwd: folder,
    env: {
      DASHBOARDS_URL: service.url,
      DASHBOARDS_TOKEN: await service.token({ tenant: "readme" }),
      NODE_NO_WARNINGS: "1",
    },
  });
  assert.is(stdout, textOf(""));
  const options = "--noEmit --strict --exactOptionalPropertyTypes --target esnext --module nodenext --types node".split(
    " ",
  );
  const typeRoots = ["--typeRoots", join(modules, "@types")];
  await run(join(modules, ".bin/tsc"), [...options, ...typeRoots, "readme.ts", "misspelt.ts"], { cwd: folder }).catch(
    (error) => {
      throw new Error(error.stdout);
    },
  );
});

test.run();
