import { arc } from "d3-shape";

/** A piece of a ring around (0, 0), in the units of its drawing. Angles are radians clockwise from the top. */
type Arc = {
  readonly start: number;
  readonly end: number;
  /** The inner radius; 0 for a piece of a disc. */
  readonly inner: number;
  readonly outer: number;
  /** How wide the gap to either neighbour is, as an angle; none when absent. */
  readonly gap?: number;
  /** How round its corners are, at most; half its width makes round ends. Sharp when absent. */
  readonly corner?: number;
};

/** Returns the path data of a piece of a ring, to two decimals. One without an angle draws nothing. */
export function arcPath({ start, end, inner, outer, gap = 0, corner = 0 }: Arc): string {
  const place = { startAngle: start, endAngle: end, innerRadius: inner, outerRadius: outer, padAngle: gap };
  return arc().cornerRadius(corner).digits(2)(place)!;
}
