/** A definition of a template, as far as its first datasource and its first panel go. */
type Filled = {
  readonly layout: { readonly panels: readonly [{ readonly line?: { y: readonly string[] } }] };
  readonly datasources: readonly [Record<string, unknown> & { inline?: Inline }];
};

type Inline = {
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly (readonly unknown[])[];
};

/** More rows than a definition may hold stand in a file, as a tenant would have them. */
const maxInlineRows = 10_000;

/**
 * Gives the data of a filled template the shape that a case asks for: as many series, and rows in a file where they
 * are too many. `writeFile` returns the file's name.
 */
export function reshapeData(
  text: string,
  inject: Readonly<Record<string, string>>,
  writeFile: (name: string, csv: string) => string,
): string {
  const { CHART_SERIES_COUNT: series, CHART_ROWS, TABLE_ROWS } = inject;
  if (series === undefined && ![CHART_ROWS, TABLE_ROWS].some((rows) => rows !== undefined && isMany(rows))) return text;
  const definition = JSON.parse(text) as Filled;
  const [source] = definition.datasources;
  if (series !== undefined) widen(definition, Number(series));
  const { columns, rows } = source.inline!;
  if (rows.length > maxInlineRows) {
    const names = columns.map(({ name }) => name);
    const path = writeFile("rows.csv", [names, ...rows].map((row) => row.join(",")).join("\n"));
    delete source.inline;
    source.duckdb = { files: [{ path, name: "f" }], query: `select ${names} from f order by ${names[0]}` };
  }
  return JSON.stringify(definition);
}

function isMany(rows: string): boolean {
  return rows.split("],").length > maxInlineRows;
}

/** The first panel draws them all. */
function widen({ layout, datasources: [source] }: Filled, series: number): void {
  const { columns, rows } = source.inline!;
  const more = Array.from({ length: Math.max(0, series - 1) }, (_, at) => `y${at + 2}`);
  source.inline = {
    columns: [...columns, ...more.map((name) => ({ name }))],
    rows: rows.map((row) => [...row, ...more.map((_, at) => at)]),
  };
  layout.panels[0].line!.y = ["y", ...more];
}
