import type { Panel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { ClickOf } from "../chart/click.ts";
import type { FilterControl } from "../definition/viewer-filters.ts";
import type { Place } from "./place.ts";

/**
 * Returns what the values of a panel's `click` columns do when they are clicked. In an embed its host
 * is told. On a share page a value is a link that sets the filter of the column's name, keeps every
 * other choice, and unsets the filter where it is set to that value already; there is no link where
 * the reader has no such filter, or it does not take the value. No value, no click.
 *
 * @param controls the filters that the page's reader may change
 */
export function createClicks(
  place: Place,
  controls: readonly FilterControl[],
): (panel: Pick<Panel, "click">) => ClickOf {
  const linkers = new Map(
    place === "page" ? controls.map((control) => [control.name, createLinker(control, controls)]) : [],
  );
  return ({ click }) => {
    const columns = new Set(place === "still" ? [] : click);
    return (column, value) => {
      if (value === "" || !columns.has(column)) return undefined;
      if (place === "embed") return { kind: "event" };
      const href = linkers.get(column)?.(value);
      return href === undefined ? undefined : { kind: "link", href };
    };
  };
}

/** Every value repeats the other choices: a reader who has made more than that clicks no further. */
const maxOtherChars = 1_000;

type Linker = (value: string) => string | undefined;

function createLinker({ name, chosen, required, takes }: FilterControl, controls: readonly FilterControl[]): Linker {
  const others = new URLSearchParams(
    controls.flatMap((other) => (other.name === name || other.isDefault ? [] : choicesOf(other))),
  ).toString();
  if (others.length > maxOtherChars) return () => undefined;
  const isChosen = (value: string) => chosen.length === 1 && chosen[0] === value;
  return (value) => {
    if (!takes(value) || (required && isChosen(value))) return undefined;
    const own = new URLSearchParams({ [name]: isChosen(value) ? "" : value });
    return `?${others === "" ? own : `${others}&${own}`}`;
  };
}

/** Returns what the address says of a filter: each of its values, or that it has none. */
function choicesOf({ name, chosen }: FilterControl): string[][] {
  return (chosen.length > 0 ? chosen : [""]).map((text) => [name, text]);
}
