import { type Datasource, DatasourceSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { type Panel, PanelSchema } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { differingFields } from "./differing-fields.ts";
import { findMoved } from "./find-moved.ts";
import { messageToJson, type Shown } from "./shown.ts";

/** What became of a panel. */
export type PanelChange = {
  readonly id: string;
  /** The newer one's; the older one's where the panel is gone. */
  readonly title: string;
  readonly change: "added" | "changed" | "moved" | "removed";
  /**
   * Paths of what differs, such as `line.y`, and `datasource.query` for the content of what it shows; none where it was
   * added or removed, and where it was moved by its place in the list alone.
   */
  readonly fields: readonly string[];
};

/**
 * Compares panels by their ids, as answers and links name them: in the newer ones' reading order, removed ones last.
 * One that stands elsewhere is moved: its grid is another, or its place among those that are still there.
 */
export function comparePanels(old: Shown, fresh: Shown): readonly PanelChange[] {
  const moved = findMoved(
    [...old.panels.keys()].filter((id) => fresh.panels.has(id)),
    [...fresh.panels.keys()].filter((id) => old.panels.has(id)),
  );
  const panels = [...fresh.panels].flatMap(([id, panel]): readonly PanelChange[] => {
    const { title } = panel;
    const former = old.panels.get(id);
    if (former === undefined) return [{ id, title, change: "added", fields: [] }];
    const fields = [...differingPanelFields(former, panel), ...differingSourceFields(old, former, fresh, panel)];
    if (fields.some((field) => !isPlace(field))) return [{ id, title, change: "changed", fields }];
    return fields.length > 0 || moved.has(id) ? [{ id, title, change: "moved", fields }] : [];
  });
  const removed = [...old.panels].flatMap(([id, { title }]): readonly PanelChange[] =>
    fresh.panels.has(id) ? [] : [{ id, title, change: "removed", fields: [] }],
  );
  return [...panels, ...removed];
}

function isPlace(field: string): boolean {
  return field === "grid" || field.startsWith("grid.");
}

/** Its id is what it is known by, whether it is its own or that of its title. */
function differingPanelFields(before: Panel, after: Panel): readonly string[] {
  const [was, is] = [before, after].map((panel) => messageToJson(PanelSchema, panel));
  return differingFields(PanelSchema, was!, is!).filter((name) => name !== "id");
}

/** Compares what two panels show that name the same datasource: its own content, and that of what it reads. */
function differingSourceFields(old: Shown, before: Panel, fresh: Shown, after: Panel): readonly string[] {
  if (before.datasource !== after.datasource) return [];
  const were = new Map(old.readBy(before).map((each) => [each.id, each]));
  const fields = fresh.readBy(after).flatMap((datasource) => {
    const differing = differingDatasourceFields(were.get(datasource.id), datasource);
    if (datasource.id === after.datasource) return differing.map((name) => `datasource.${name}`);
    return differing.length > 0 ? ["datasource.from"] : [];
  });
  return [...new Set(fields)];
}

/** The kind of a source is left out of its paths: there is one of them only. */
function differingDatasourceFields(before: Datasource | undefined, after: Datasource): readonly string[] {
  const was = before === undefined ? {} : messageToJson(DatasourceSchema, before);
  const kind = `${after.source.case}.`;
  return differingFields(DatasourceSchema, was, messageToJson(DatasourceSchema, after)).map((name) =>
    name.startsWith(kind) ? name.slice(kind.length) : name,
  );
}
