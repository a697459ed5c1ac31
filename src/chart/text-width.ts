/**
 * Estimates how wide a text is in the axis's type (Inter, 11 px, tabular figures). It errs to the
 * wide side: a label too few is not missed, two that touch are.
 */
export function textWidthPx(text: string): number {
  let width = 0;
  for (const char of text) width += charWidthPx(char);
  return width;
}

function charWidthPx(char: string): number {
  if (wide.test(char)) return 11.5;
  if (".,:;'|!iljI ".includes(char)) return 3.4;
  if ("mwMW%@".includes(char)) return 10;
  return /[A-Z]/.test(char) ? 7.7 : 6.5;
}

/** East Asian scripts and pictographs, a full em wide. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
