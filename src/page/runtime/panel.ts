import { addChart } from "./chart.ts";
import { all, makeButton } from "./element.ts";
import type { Panel } from "./island.ts";
import { addToggles } from "./legend.ts";
import { addSorting, makeTable, type Sorting, tableColumns } from "./table.ts";

/** What a reader has done to a panel, which outlives its data. */
export type PanelState = {
  /** The names of the series that are hidden. */
  readonly off: Set<string>;
  isTable?: boolean;
  sorting?: Sorting;
};

/** Makes a panel's section interactive, as its reader left it. */
export function upgradePanel(section: Element, panel: Panel, locale: string, state: PanelState): void {
  for (const go of all(section, ".dj-go[data-column]")) {
    go.role = "button";
    go.tabIndex = 0;
    if (!go.textContent) go.ariaLabel = go.dataset.value!;
  }
  const { kind, axes, columns } = panel;
  if (!columns[0]) return;
  if (kind === "table") addSorting(section, columns, locale, state);
  const [first, ...rest] = columns;
  addToggles(section, kind === "pie" ? first!.values.map(first!.text) : rest.map(({ title }) => title), state.off);
  if (!axes) return;
  addChart(section, { ...panel, axes }, state.off);
  let table: HTMLElement | undefined;
  const swap = () => {
    const isTable = !!state.isTable;
    section.classList.toggle("dj-swapped", isTable);
    button.ariaPressed = `${isTable}`;
    table?.remove();
    if (!isTable) return;
    const shown = tableColumns(columns);
    table = makeTable(shown, section.ariaLabel!);
    addSorting(table, shown, locale, state);
    section.append(table);
  };
  const onclick = () => {
    state.isTable = !state.isTable;
    swap();
  };
  const button = makeButton({ className: "dj-swap", onclick }, "Table");
  section.prepend(button);
  swap();
}
