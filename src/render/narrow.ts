/**
 * Returns how many of two columns each panel takes on a narrower page. Panels that may share a row
 * do so with a neighbour of the same height; one that finds none takes the whole row, so that no
 * row has a hole.
 */
export function fillTwoColumns(panels: readonly { readonly isHalf: boolean; readonly h: number }[]): (1 | 2)[] {
  const spans: (1 | 2)[] = [];
  while (spans.length < panels.length) {
    const [panel, next] = panels.slice(spans.length) as [(typeof panels)[0], (typeof panels)[0] | undefined];
    if (panel.isHalf && next?.isHalf && next.h === panel.h) spans.push(1, 1);
    else spans.push(2);
  }
  return spans;
}
