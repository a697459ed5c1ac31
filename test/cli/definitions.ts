import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A definition as somebody writes it, with a comment. */
export const orders = `# What came in.
dashboard_id: orders
filters:
  - { name: region, type: string, options: [IN, US] }
layout:
  title: Orders
  panels:
    - title: Orders a day
      datasource: orders
      line: { x: day, y: [orders], series: region }
      id: by_day
datasources:
  - id: orders
    inline:
      columns: [{ name: day, type: time }, { name: region }, { name: orders }]
      rows:
        - [2026-01-01, IN, 10]
        - [2026-01-01, US, 20]
        - [2026-01-02, IN, 12]
`;

/** Another, as JSON. */
export const stock = JSON.stringify(
  {
    dashboard_id: "stock",
    layout: { title: "Stock", panels: [{ title: "Notes", text: { markdown: "None yet." } }] },
  },
  undefined,
  "\t",
);

/** The same with three mistakes: a misspelt field, a wrong type, and a reference to nothing. */
export const wrong = orders
  .replace("      datasource: orders", "      datasorce: orders")
  .replace("title: Orders\n", "title: 5\n")
  .replace("name: region, type: string", "name: region, type: text");

/** Makes a folder with files. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "dash-cli-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
