import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { suite } from "./harness.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const document = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
const test = suite("architecture");

type Room = { readonly imports: ReadonlySet<string>; readonly typesOnly: ReadonlySet<string> };

const rooms = parseRooms(document.split("\n## ").find((section) => section.startsWith("Rooms of"))!);

test("every file of src is in a room of the table, and every room of the table is there", () => {
  const there = new Set(sources().map((file) => roomOf(file)));
  assert.equal([...there].sort(), [...rooms.keys()].sort());
});

test("every import goes along an arrow of the table", () => {
  const wrong = sources().flatMap((file) =>
    importsOf(file)
      .filter((found) => !isAllowed(roomOf(file), found))
      .map((found) => `${relative(root, file)} imports ${found.room}`),
  );
  assert.equal(wrong, []);
});

test("an import that the table does not have would be found", () => {
  assert.not(isAllowed("chart", { room: "store", typeOnly: false }));
  assert.not(isAllowed("http", { room: "config", typeOnly: false }));
  assert.ok(isAllowed("http", { room: "config", typeOnly: true }));
  assert.ok(isAllowed("page", { room: "chart", typeOnly: false }));
});

test("each dependency has its reason in the document", () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  ) as Record<string, Record<string, string>>;
  const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  const unexplained = names.filter((name) => !name.startsWith("@types/") && !document.includes(`\`${name}\``));
  assert.equal(unexplained, []);
});

test("Connect's functions that follow no semver are imported by one file", () => {
  const users = sources().filter((file) => readFileSync(file, "utf8").includes('"@connectrpc/connect/protocol"'));
  assert.ok(users.length <= 1, users.map((file) => relative(root, file)).join(", "));
});

test.run();

/** Reads the table of rooms: a row is `| rooms | holds | may import |`. */
function parseRooms(markdown: string): Map<string, Room> {
  const rows = markdown.split("\n").filter((line) => /^\| `/.test(line));
  const parsed = new Map<string, Room>();
  for (const row of rows) {
    const [, names = "", , imports = ""] = row.split("|");
    const words = imports.split(",").map((word) => word.trim().replaceAll("`", ""));
    const room: Room = {
      imports: new Set(words.filter((word) => !word.endsWith("(types)"))),
      typesOnly: new Set(words.filter((word) => word.endsWith("(types)")).map((word) => word.replace(" (types)", ""))),
    };
    for (const name of names.matchAll(/`([a-z.]+)`/g)) parsed.set(name[1]!, room);
  }
  return parsed;
}

function isAllowed(from: string, found: { room: string; typeOnly: boolean }): boolean {
  const room = rooms.get(from);
  if (room === undefined) return false;
  if (found.room === from || room.imports.has("all") || room.imports.has(found.room)) return true;
  return found.typeOnly && room.typesOnly.has(found.room);
}

function sources(): string[] {
  return readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(root, "src", name));
}

function roomOf(file: string): string {
  return relative(join(root, "src"), file).split(sep)[0]!;
}

/** The rooms that a file imports from: relative imports that lead to another folder of src. */
function importsOf(file: string): { room: string; typeOnly: boolean }[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^(?:import|export)\s+(type\s+)?([^"';]*?)from\s+"(\.[^"]+)"/gms)].flatMap((match) => {
    const target = join(dirname(file), match[3]!);
    if (!target.startsWith(join(root, "src") + sep)) return [];
    const names = match[2]!
      .replace(/[{}]/g, "")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "");
    const typeOnly = match[1] !== undefined || names.every((name) => name.startsWith("type "));
    return [{ room: roomOf(target), typeOnly }];
  });
}
