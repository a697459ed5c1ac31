import { html, nothing, type Safe } from "./safe.ts";

/** Takes away the values that have no place on a logarithmic axis, and says how many there were. */
export function dropUnplaced(lists: readonly ArrayLike<number>[]): { lists: Float64Array[]; dropped: number } {
  let dropped = 0;
  const kept = lists.map((values) => {
    const list = new Float64Array(values);
    for (let index = 0; index < list.length; index += 1) {
      // As `hasPlace` has it: what is smaller than a drawing's arithmetic is nothing.
      if (list[index]! < 1e-290) {
        list[index] = Number.NaN;
        dropped += 1;
      }
    }
    return list;
  });
  return { lists: kept, dropped };
}

/** Says how many values a logarithmic scale has no place for. */
export function drawDropped(count: number): Safe {
  if (count === 0) return nothing;
  const values = count === 1 ? "1 value of zero or below is" : `${count} values of zero or below are`;
  return html`<p class="dj-foot">${values} left out: a logarithmic scale has no place for them</p>`;
}
