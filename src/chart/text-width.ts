import { interRanges, interRegular, interStrong } from "./inter-widths.ts";

/**
 * Returns how wide a text is in the axis's type: Inter at 11 px with tabular figures, by the font's
 * own widths, without kerning. A character that Inter does not have is reckoned by its script, to the
 * wide side: a label too few is not missed, two that touch are.
 *
 * @param strong whether it is set at weight 600
 */
export function textWidthPx(text: string, strong = false): number {
  const known = strong ? strongWidths : regularWidths;
  let width = 0;
  let isJoined = false;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    // A pictograph that is joined to the one before is drawn as one with it.
    if (!isJoined) width += (code < known.length && known[code]) || strangeWidthPx(char);
    isJoined = code === zeroWidthJoiner;
  }
  return width;
}

const zeroWidthJoiner = 0x200d;

/** The size of the axis's type, which is an em. */
const emPx = 11;

const regularWidths = readWidths(interRegular);
const strongWidths = readWidths(interStrong);

/** Reads the widths of characters, by code point; 0 where none is known. */
function readWidths(digits: string): Float32Array {
  const widths = new Float32Array(interRanges.at(-1)![1] + 1);
  let place = 0;
  for (const [from, to] of interRanges) {
    for (let code = from; code <= to; code += 1) {
      widths[code] = Number.parseInt(digits.slice(place, place + 2), 36) / 50;
      place += 2;
    }
  }
  return widths;
}

function strangeWidthPx(char: string): number {
  if (/[\p{Mn}\p{Me}\p{Cf}\p{Emoji_Modifier}]/u.test(char)) return 0;
  if (/\p{Extended_Pictographic}/u.test(char)) return 1.35 * emPx;
  return (wide.test(char) ? 1 : 0.65) * emPx;
}

/** East Asian scripts, a full em wide. */
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f000}-\u{3fffd}]/u;
