import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as assert from "uvu/assert";
import { projectDir } from "../../src/main/paths.ts";
import { suite } from "../harness.ts";

/** What is installed is what was looked at: versions, hashes, where from, and what runs when it is installed. */
const test = suite("dependencies");

type Locked = {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
};
type Project = {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};

const read = (name: string) => readFileSync(join(projectDir, name), "utf8");
const project = JSON.parse(read("package.json")) as Project;
const { packages } = JSON.parse(read("package-lock.json")) as { packages: Readonly<Record<string, Locked>> };
/** Packages of our own, by the folders that they are in. */
const own = Object.entries(packages).filter(([path]) => !path.includes("node_modules/"));
const installed = Object.entries(packages)
  .filter(([path, { link }]) => path.includes("node_modules/") && !link)
  .map(([path, locked]) => ({ path, name: path.split("node_modules/").at(-1)!, ...locked }));

/** Versions in which flaws were mended that would let somebody in, and why each counts here. */
const floors: Readonly<Record<string, readonly [version: string, because: string]>> = {
  "drizzle-orm": ["0.45.2", "CVE-2026-39356: names that are not escaped"],
  eta: ["2.0.0", "CVE-2022-25967: options from data run as code"],
  fastify: ["5.7.2", "CVE-2026-25223: a content type that passes the check of the body"],
};

test("no package is older than a flaw of it that was mended", () => {
  assert.equal(
    installed.filter(({ name, version }) => floors[name] !== undefined && isOlder(version!, floors[name][0])),
    [],
  );
  assert.equal(
    ["drizzle-orm", "eta"].filter((name) => !installed.some((each) => each.name === name)),
    [],
    "the floors are of what is there",
  );
});

test("each version is one exactly, everywhere", () => {
  const { dependencies, devDependencies, optionalDependencies } = project;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
    assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
    const { link, resolved, ...locked } = packages[`node_modules/${name}`] ?? {};
    assert.is(link ? packages[resolved!]?.version : locked.version, version, name);
  }
  assert.match(read(".npmrc"), /^save-exact=true$/m);
});

test("each package has its hash, and comes from the registry of npm", () => {
  assert.ok(installed.length > 100);
  for (const { path, integrity, resolved, version } of installed) {
    assert.match(integrity ?? "none", /^sha512-[A-Za-z0-9+/]{86}==$/, path);
    // Left out where it is the registry's own address for this name and version.
    assert.match(resolved ?? "https://registry.npmjs.org/", /^https:\/\/registry\.npmjs\.org\//, path);
    assert.match(version ?? "none", /^\d+\.\d+\.\d+/, path);
  }
  assert.equal(
    own.map(([path]) => path),
    ["", "client"],
    "nothing else is linked to",
  );
  assert.not.match(read(".npmrc"), /registry/);
});

test("what runs when it is installed was decided on, and production runs nothing", () => {
  const withScripts = installed.filter(({ hasInstallScript }) => hasInstallScript);
  const undecided = withScripts.filter(({ name }) => project.allowScripts[name] === undefined);
  assert.equal([...new Set(undecided.map(({ name }) => name))], []);
  const allowed = withScripts.filter(({ name }) => project.allowScripts[name]);
  assert.equal(
    allowed.filter(({ dev, optional }) => !dev && !optional).map(({ name }) => name),
    [],
  );
  assert.match(read(".npmrc"), /^strict-allow-scripts=true$/m, "or what is undecided would run");
});

test("the bill of materials is CycloneDX, and lists every package with its version and hash, and which are for development", async () => {
  const { stdout } = await promisify(execFile)("npm", ["run", "-s", "sbom"], { cwd: projectDir, maxBuffer: 1 << 26 });
  const bill = JSON.parse(stdout) as Bill;
  assert.is(bill.bomFormat, "CycloneDX");
  assert.match(bill.specVersion, /^1\.\d$/);
  assert.match(bill.serialNumber, /^urn:uuid:[0-9a-f-]{36}$/);
  const names = new Set(installed.map(({ name }) => name));
  for (const { name, hashes, purl } of bill.components) {
    // What the script of `node` fetches, which is allowed, is the runtime of development and in no lock.
    if (!names.has(name)) assert.match(name, /^(node-[a-z]+-[a-z0-9]+|client)$/, "not in the lock");
    else assert.equal([hashes?.[0]?.alg, purl === undefined], ["SHA-512", false], name);
  }
  const listed = (wanted: boolean) =>
    bill.components
      .filter(({ properties }) => wanted === (properties?.some(({ name }) => name === developmentMark) ?? false))
      .map(({ name, version }) => `${name}@${version}`);
  const locked = installed.map((each) => ({ ...each, id: `${each.name}@${each.version}` }));
  const needed = locked.filter(({ dev, optional }) => !dev && !optional).map(({ id }) => id);
  assert.ok(needed.length > Object.keys(project.dependencies).length);
  const production = new Set(listed(false));
  assert.equal(
    needed.filter((id) => !production.has(id)),
    [],
  );
  // One that both need is for production.
  const ofBoth = new Set(locked.filter(({ dev }) => !dev).map(({ id }) => id));
  assert.equal(
    listed(true).filter((id) => ofBoth.has(id)),
    [],
  );
});

const developmentMark = "cdx:npm:package:development";

type Bill = {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl?: string;
    readonly hashes?: readonly { readonly alg: string }[];
    readonly properties?: readonly { readonly name: string }[];
  }[];
};

test.run();

function isOlder(version: string, floor: string): boolean {
  const [one, other] = [version, floor].map((text) => text.split(/[.-]/).slice(0, 3).map(Number)) as [
    number[],
    number[],
  ];
  const at = one.findIndex((part, index) => part !== other[index]);
  return at >= 0 && one[at]! < other[at]!;
}
