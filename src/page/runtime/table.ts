import { all, make, makeButton } from "./element.ts";
import type { Column, Value } from "./island.ts";

/** By which column a table is sorted, and whether from the largest. */
export type Sorting = readonly [column: number, isDown: boolean];

/** Makes a table's rows, which are in the order of the columns' values, sortable by its headings. */
export function addSorting(
  table: Element,
  columns: readonly Column[],
  locale: string,
  state: { sorting?: Sorting },
): void {
  const body = table.querySelector("tbody")!;
  const heads = all(table, "thead th");
  const rows = [...body.rows];
  const { compare } = new Intl.Collator(locale, { numeric: true });
  // Some writings take a collator the square of their length.
  const start = (value: Value) => `${value}`.slice(0, 64);
  const sort = ([column, isDown]: Sorting) => {
    const values = columns[column]!.values;
    const keyed = rows.map((row, index) => [values[index], row] as const);
    keyed.sort(([x], [y]) => {
      if (x == null || y == null) return Number(x == null) - Number(y == null);
      return (isDown ? -1 : 1) * (typeof x === "number" ? x - (y as number) : compare(start(x), start(y)));
    });
    body.append(...keyed.map(([, row]) => row));
    heads.forEach((head, index) => {
      head.ariaSort = index !== column ? null : isDown ? "descending" : "ascending";
    });
    state.sorting = [column, isDown];
  };
  heads.forEach((head, column) => {
    if (columns[column]?.type === "numbers") return;
    const onclick = () => sort([column, head.ariaSort === "ascending"]);
    head.append(makeButton({ className: "dj-sort", onclick }, ...head.childNodes));
  });
  if (columns[state.sorting?.[0] ?? -1]) sort(state.sorting!);
}

/** Creates a table of all that a chart shows. */
export function makeTable(columns: readonly Column[], ariaLabel: string): HTMLElement {
  const rowOf = (tag: "td" | "th", textOf: (column: Column) => string) =>
    make("tr", {}, ...columns.map((column) => make(tag, { className: `dj-${column.type}` }, textOf(column))));
  const rows = columns[0]!.values.map((_, row) => rowOf("td", ({ text, values }) => text(values[row])));
  const head = make(
    "thead",
    {},
    rowOf("th", ({ title }) => title),
  );
  const table = make("table", {}, head, make("tbody", {}, ...rows));
  return make("div", { className: "dj-scroll dj-rows", tabIndex: 0, role: "group", ariaLabel }, table);
}

/** Returns what a chart shows as the columns of a table, with a row for each position. */
export function tableColumns(columns: readonly Column[]): readonly Column[] {
  const [first, ...rest] = columns as [Column, ...Column[]];
  // Where a position has several values of one series, each of them has a row.
  const groups: Value[][][] = first.values.map((value) => [[value]]);
  rest.forEach(({ at, values }, series) => {
    values.forEach((value, index) => {
      const group = groups[at ? at[index]! : index]!;
      let row = group.find((one) => one[series + 1] === undefined);
      if (!row) {
        row = [group[0]![0]];
        group.push(row);
      }
      row[series + 1] = value;
    });
  });
  const rows = groups.flat();
  return columns.map((column, index) => ({ ...column, values: rows.map((row) => row[index]) }));
}
