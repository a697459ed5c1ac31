import type { Definition, Layout } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Panel, TablePanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { Report } from "../errors/problems.ts";
import { rangeNames } from "./bound-names.ts";
import { checkGrid } from "./check-grid.ts";
import { isLocale, isTimezone } from "./intl-names.ts";
import { panelColumns } from "./panel-columns.ts";
import type { SourceFacts } from "./source-facts.ts";

/** Reports what is wrong with a layout, and with what its panels want of the datasources. */
export function checkLayout(definition: Definition, facts: readonly SourceFacts[], report: Report): void {
  const { layout, datasources, filters } = definition;
  if (layout === undefined) return;
  if (layout.timezone !== "" && !isTimezone(layout.timezone)) report("layout.timezone", "is no IANA time zone");
  if (layout.locale !== "" && !isLocale(layout.locale)) report("layout.locale", "is no language that is supported");
  checkIds(layout, report);
  checkGrid(layout, report);
  const byId = new Map(datasources.map(({ id }, index) => [id, facts[index]!]));
  const ranges = filters.filter((filter) => filter.type === "range").map((filter) => filter.name);
  for (const [index, panel] of layout.panels.entries()) {
    checkSource(panel, byId, ranges, (field, description) => report(`layout.panels[${index}].${field}`, description));
  }
}

function checkIds(layout: Layout, report: Report): void {
  const seen = new Set<string>();
  for (const [index, { id }] of layout.panels.entries()) {
    if (id !== "" && seen.has(id)) report(`layout.panels[${index}].id`, "is another panel's id");
    seen.add(id);
  }
}

function checkSource(
  panel: Panel,
  byId: ReadonlyMap<string, SourceFacts>,
  ranges: readonly string[],
  report: Report,
): void {
  const source = byId.get(panel.datasource);
  if (panel.kind.case === undefined) return;
  if (panel.kind.case === "table") checkTable(panel.kind.value, report);
  if (panel.kind.case === "text") {
    if (panel.datasource !== "") report("datasource", "goes with no text panel");
    return;
  }
  if (source === undefined) {
    report("datasource", panel.datasource === "" ? "is needed to show data" : "is no datasource's id");
    return;
  }
  for (const { field, name } of panelColumns(panel)) {
    if (source.columns?.has(name) === false) report(field, "is no column of the datasource");
  }
  if (panel.kind.case !== "stat" || panel.kind.value.compare === "" || source.bound === undefined) return;
  const { bound } = source;
  const hasRange = ranges.map(rangeNames).some(({ from, to }) => bound.has(from) && bound.has(to));
  if (!hasRange) report("stat.compare", "needs a range filter, both ends of which the datasource binds");
}

function checkTable({ columns }: TablePanel, report: Report): void {
  const names = new Set<string>();
  for (const [index, { name }] of columns.entries()) {
    if (names.has(name)) report(`table.columns[${index}].name`, "names a column that the table shows already");
    names.add(name);
  }
}
