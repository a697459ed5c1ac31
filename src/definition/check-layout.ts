import type { Definition, Layout } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Report } from "../errors/problems.ts";
import { checkBrand } from "./check-brand.ts";
import { checkClick } from "./check-click.ts";
import { checkGrid } from "./check-grid.ts";
import { checkKind } from "./check-kind.ts";
import { checkPanelSource } from "./check-panel-source.ts";
import { isLocale, isTimezone } from "./intl-names.ts";
import type { SourceFacts } from "./source-facts.ts";

/** Reports what is wrong with a layout, and with what its panels want of the datasources. */
export function checkLayout(definition: Definition, facts: readonly SourceFacts[], report: Report): void {
  const { layout, datasources, filters } = definition;
  if (layout === undefined) return;
  if (layout.timezone !== "" && !isTimezone(layout.timezone)) report("layout.timezone", "is no IANA time zone");
  if (layout.locale !== "" && !isLocale(layout.locale)) report("layout.locale", "is no language that is supported");
  if (layout.brand !== undefined) {
    checkBrand(layout.brand, (field, description) => report(`layout.brand.${field}`, description));
  }
  checkIds(layout, report);
  checkGrid(layout, report);
  const byId = new Map(datasources.map(({ id }, index) => [id, facts[index]!]));
  const ranges = filters.filter((filter) => filter.type === "range").map((filter) => filter.name);
  for (const [index, panel] of layout.panels.entries()) {
    const reportHere: Report = (field, description) => report(`layout.panels[${index}].${field}`, description);
    checkKind(panel, reportHere);
    checkClick(panel, reportHere);
    checkPanelSource(panel, byId, ranges, reportHere);
  }
}

function checkIds(layout: Layout, report: Report): void {
  const seen = new Set<string>();
  for (const [index, { id }] of layout.panels.entries()) {
    if (id !== "" && seen.has(id)) report(`layout.panels[${index}].id`, "is another panel's id");
    seen.add(id);
  }
}
