import type { Layout } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Grid, Panel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";

/** Where one panel stands on the 24-column grid. */
export type Place = {
  /** Which panel: its index in `layout.panels`. */
  readonly index: number;
  /** Columns wide, 1 to 24. */
  readonly w: number;
  /** Rows high, 1 to 24. */
  readonly h: number;
  /** The first column, from 0; the next free place in reading order when absent. */
  readonly x?: number;
};

/**
 * Returns each panel's id, in the order of `layout.panels`: its own, else the slug of its title
 * (lower-case ASCII letters, digits and hyphens), else `panel-N`, counted from 1. An id that is
 * derived clashes with no other: it gets `-2`, `-3` and so on where it would. Own ids are kept as
 * they are, even where they repeat.
 */
export function panelIds(layout: Layout): readonly string[] {
  const taken = new Set(layout.panels.map((panel) => panel.id));
  return layout.panels.map((panel, index) => {
    if (panel.id !== "") return panel.id;
    const wanted = slug(panel.title) || `panel-${index + 1}`;
    let id = wanted;
    for (let n = 2; taken.has(id); n += 1) id = `${wanted}-${n}`;
    taken.add(id);
    return id;
  });
}

/**
 * Returns where the panels stand, in reading order: first those with `x` and `y`, by row and then
 * column, then the others in the order in which they are written. Panels without a grid fill whole
 * rows, because a ragged edge looks like a mistake: stats and gauges up to four a row, charts and
 * tables up to two, text alone.
 */
export function placePanels({ panels }: Layout): readonly Place[] {
  const placed: (Place & { readonly y: number })[] = [];
  const runs: { readonly shape: Shape; readonly indices: number[] }[] = [];
  for (const [index, { grid, kind }] of panels.entries()) {
    if (grid !== undefined && isPlaced(grid)) {
      placed.push({ index, w: grid.w, h: grid.h, x: grid.x, y: grid.y });
      continue;
    }
    const shape = grid ?? shapeOf(kind.case);
    const last = runs.at(-1);
    if (last?.shape === shape) last.indices.push(index);
    else runs.push({ shape, indices: [index] });
  }
  placed.sort((a, b) => a.y - b.y || a.x! - b.x!);
  return [...placed.map(({ index, w, h, x }) => ({ index, w, h, x: x! })), ...runs.flatMap(fillRows)];
}

/** Whether the grid says where the panel stands, and not only how large it is. */
export function isPlaced(grid: Grid): grid is Grid & { x: number; y: number } {
  return grid.x !== undefined && grid.y !== undefined;
}

/** How large panels are that flow: a width of their own, or as many a row as there may be. */
type Shape = { readonly h: number } & ({ readonly w: number } | { readonly perRow: number });

const statShape: Shape = { perRow: 4, h: 3 };
const gaugeShape: Shape = { perRow: 4, h: 6 };
const chartShape: Shape = { perRow: 2, h: 8 };
const textShape: Shape = { perRow: 1, h: 4 };

function shapeOf(kind: Panel["kind"]["case"]): Shape {
  if (kind === "stat") return statShape;
  if (kind === "gauge") return gaugeShape;
  return kind === "text" ? textShape : chartShape;
}

/** Spreads panels over as few rows as hold them, as evenly as can be; the wider ones come last. */
function fillRows({ shape, indices }: { readonly shape: Shape; readonly indices: readonly number[] }): Place[] {
  const { h } = shape;
  if ("w" in shape) return indices.map((index) => ({ index, w: shape.w, h }));
  const rows = Math.ceil(indices.length / shape.perRow);
  const places: Place[] = [];
  for (let row = 0; row < rows; row += 1) {
    const count = Math.ceil((indices.length - places.length) / (rows - row));
    const start = places.length;
    for (const index of indices.slice(start, start + count)) places.push({ index, w: columns / count, h });
  }
  return places;
}

/** Divides by 1, 2, 3 and 4. */
const columns = 24;

/** The longest slug, which leaves room for a suffix within the 64 characters of an id. */
const slugChars = 60;

function slug(title: string): string {
  return title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, slugChars)
    .replace(/-$/, "");
}
