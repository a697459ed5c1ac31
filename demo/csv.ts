import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Reads a CSV file of the vega-datasets package: a record for each row, by the names in its first line. */
export async function readDemoCsv(name: string): Promise<readonly Record<string, string>[]> {
  const folder = new URL("../data/", import.meta.resolve("vega-datasets"));
  const text = await readFile(fileURLToPath(new URL(name, folder)), "utf8");
  const [heads = [], ...rows] = text.trimEnd().split(/\r?\n/).map(toCells);
  return rows.map((cells) => Object.fromEntries(heads.map((head, at) => [head, cells[at] ?? ""])));
}

/** The package's files have quotes around what holds a comma, and no line break in a cell. */
function toCells(line: string): string[] {
  const cells = line.match(/(?<=^|,)("(?:[^"]|"")*"|[^,]*)/g) ?? [];
  return cells.map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
}
