/** A point on the canvas, whose corners are (0, 0) at the top left and (1000, 1000). */
export type Point = readonly [x: number, y: number];

/** Returns a point from shares of the plot's width and height, from the bottom left, on the canvas's grid. */
export function toPoint(across: number, up: number): Point {
  return [Math.round(across * 1000), Math.round((1 - up) * 1000)];
}

/**
 * Returns the path data of lines, one for each list of points, in integers relative to each
 * other: they are half as long as absolute ones. A single point makes a line without length, which
 * a round cap shows as a dot.
 */
export function linePath(lines: readonly (readonly Point[])[]): string {
  return lines.map((points) => (points.length === 0 ? "" : `M${points[0]!.join(" ")}${steps(points)}`)).join("");
}

/** Returns the path data of the area between an upper and a lower edge, both from left to right. */
export function areaPath(upper: readonly Point[], lower: readonly Point[]): string {
  if (upper.length === 0) return "";
  return `${linePath([[...upper, ...lower.toReversed()]])}z`;
}

/** Splits points where one is null, and leaves the nulls out. */
export function splitAtGaps<P>(points: readonly (P | null)[]): P[][] {
  const runs: P[][] = [];
  let run: P[] = [];
  for (const point of points) {
    if (point !== null) {
      run.push(point);
    } else if (run.length > 0) {
      runs.push(run);
      run = [];
    }
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

function steps(points: readonly Point[]): string {
  let text = "";
  let [x, y] = points[0]!;
  for (let index = 1; index < points.length; index += 1) {
    const [nextX, nextY] = points[index]!;
    const [right, down] = [nextX - x, nextY - y];
    if (right === 0 && down === 0) continue;
    // A minus separates numbers as well as a space.
    text += `${text === "" || right < 0 ? "" : " "}${right}${down < 0 ? "" : " "}${down}`;
    x = nextX;
    y = nextY;
  }
  return text === "" ? "h0" : `l${text}`;
}
