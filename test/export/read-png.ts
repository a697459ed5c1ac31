import { inflateSync } from "node:zlib";

/** A picture, as its pixels. */
export type Pixels = {
  readonly width: number;
  readonly height: number;
  /** Returns the colour of a pixel as `#rrggbb`. */
  at(x: number, y: number): string;
  /** Counts the pixels of a part that are near a colour: within 24 of 255 in each channel. */
  count(color: string, part?: { x: number; y: number; w: number; h: number }): number;
};

/** Reads a PNG file of eight bits a channel with alpha, not interlaced, which is all that resvg writes. */
export function readPng(file: Uint8Array): Pixels {
  const bytes = Buffer.from(file);
  if (bytes.subarray(1, 4).toString() !== "PNG") throw new Error("no PNG file");
  const data: Buffer[] = [];
  let [width, height] = [0, 0];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      if (body.toString("hex", 8, 13) !== "0806000000") throw new Error("another kind of PNG file");
    }
    if (type === "IDAT") data.push(body);
    at += length + 12;
  }
  const pixels = unfilter(inflateSync(Buffer.concat(data)), width, height);
  return {
    width,
    height,
    at: (x, y) => `#${pixels.toString("hex", (y * width + x) * 4, (y * width + x) * 4 + 3)}`,
    count(color, { x, y, w, h } = { x: 0, y: 0, w: width, h: height }) {
      const [r, g, b] = Buffer.from(color.slice(1), "hex") as unknown as [number, number, number];
      const isNear = (at: number) =>
        Math.abs(pixels[at]! - r) <= 24 && Math.abs(pixels[at + 1]! - g) <= 24 && Math.abs(pixels[at + 2]! - b) <= 24;
      let count = 0;
      for (let row = y; row < y + h; row += 1) {
        for (let column = x; column < x + w; column += 1) if (isNear((row * width + column) * 4)) count += 1;
      }
      return count;
    },
  };
}

/** Undoes the filters of a PNG's rows (https://www.w3.org/TR/png-3/#9Filters). */
function unfilter(raw: Buffer, width: number, height: number): Buffer {
  const stride = width * 4;
  const out = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row += 1) {
    const filter = raw[row * (stride + 1)]!;
    for (let index = 0; index < stride; index += 1) {
      const at = row * stride + index;
      const left = index >= 4 ? out[at - 4]! : 0;
      const up = row > 0 ? out[at - stride]! : 0;
      const corner = index >= 4 && row > 0 ? out[at - stride - 4]! : 0;
      const before = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
      out[at] = raw[row * (stride + 1) + 1 + index]! + before;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
