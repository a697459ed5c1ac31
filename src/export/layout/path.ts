/** Where a drawing's own units stand on the picture. */
export type Mapping = {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly x: number;
  readonly y: number;
};

/** A path on the picture: its data, and about how long it is in pixels. */
export type MappedPath = { readonly d: string; readonly lengthPx: number };

/**
 * Returns path data in pixels of the picture, to two decimals, so that strokes are as wide across as along. Thousands of
 * steps drift nowhere: each ends at its own place. What is no path data is left out.
 */
export function mapPath(d: string, mapping: Mapping): MappedPath {
  const pen: Pen = { x: 0, y: 0, shownX: 0, shownY: 0, startX: 0, startY: 0, lengthPx: 0 };
  let mapped = "";
  for (const [, command, list] of d.matchAll(commands)) {
    const numbers = (list!.match(number) ?? []).map(Number);
    mapped += mapCommand(command!, numbers, pen, mapping);
  }
  return { d: mapped, lengthPx: pen.lengthPx };
}

const commands = /([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)/g;
const number = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g;

/** Where a path has come to, in its own units, and on the picture as it was written; and how long it is. */
type Pen = { x: number; y: number; shownX: number; shownY: number; startX: number; startY: number; lengthPx: number };

/** What each step counts for at the least: a point has no length, and is drawn as a dot. */
const leastPx = 5;

function mapCommand(command: string, numbers: readonly number[], pen: Pen, mapping: Mapping): string {
  const kind = command.toLowerCase();
  const isRelative = command === kind;
  if (kind === "z") {
    moveTo(pen, pen.startX, pen.startY, mapping);
    return "z";
  }
  if (kind !== "m" && kind !== "l" && kind !== "h" && kind !== "v") {
    return mapCurve(command, numbers, pen, mapping);
  }
  const step = kind === "h" || kind === "v" ? 1 : 2;
  let mapped = "";
  for (let index = 0; index + step <= numbers.length; index += step) {
    const [first, second] = [numbers[index]!, numbers[index + 1]!];
    const [right, down] = kind === "v" ? [undefined, first] : kind === "h" ? [first, undefined] : [first, second];
    const x = right === undefined ? pen.x : right + (isRelative ? pen.x : 0);
    const y = down === undefined ? pen.y : down + (isRelative ? pen.y : 0);
    const [beforeX, beforeY] = [pen.shownX, pen.shownY];
    moveTo(pen, x, y, mapping);
    // What follows a move is lines.
    const isMove = kind === "m" && index === 0;
    if (isMove) [pen.startX, pen.startY] = [x, y];
    mapped += isMove
      ? `M${short(pen.shownX)} ${short(pen.shownY)}`
      : `l${short(pen.shownX - beforeX)} ${short(pen.shownY - beforeY)}`;
  }
  return mapped;
}

function mapCurve(command: string, numbers: readonly number[], pen: Pen, mapping: Mapping): string {
  const { scaleX, scaleY } = mapping;
  const isRelative = command === command.toLowerCase();
  const size = command.toLowerCase() === "a" ? 7 : 2;
  const across = (value: number) => value * scaleX + (isRelative ? 0 : mapping.x);
  const down = (value: number) => value * scaleY + (isRelative ? 0 : mapping.y);
  const mapped = numbers.map((value, index) => {
    const place = index % size;
    if (size === 2) return place === 0 ? across(value) : down(value);
    // Radii, turn, two flags, and where an arc ends.
    if (place < 2) return value * (place === 0 ? scaleX : scaleY);
    return place < 5 ? value : place === 5 ? across(value) : down(value);
  });
  const [x = 0, y = 0] = numbers.slice(-2);
  moveTo(pen, x + (isRelative ? pen.x : 0), y + (isRelative ? pen.y : 0), mapping);
  return command + mapped.map(short).join(" ");
}

function moveTo(pen: Pen, x: number, y: number, mapping: Mapping): void {
  [pen.x, pen.y] = [x, y];
  const [beforeX, beforeY] = [pen.shownX, pen.shownY];
  pen.shownX = Math.round((x * mapping.scaleX + mapping.x) * 100) / 100;
  pen.shownY = Math.round((y * mapping.scaleY + mapping.y) * 100) / 100;
  pen.lengthPx += Math.max(leastPx, Math.abs(pen.shownX - beforeX) + Math.abs(pen.shownY - beforeY));
}

function short(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100 + 0) : "0";
}
