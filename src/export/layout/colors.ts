/** A colour as `#rrggbb`. */
export type Color = string;

/** The colours and measures of a theme, resolved. */
export type Palette = {
  /** Returns the colour of a token, such as `fg2` or `series-1`. Throws an Error for one that there is not. */
  readonly of: (token: string) => Color;
  readonly isDark: boolean;
  readonly radiusPx: number;
};

/**
 * Reads a palette from style sheets, the later of which win: declarations such as `--dj-fg: light-dark(#14171f, #eceef3)`,
 * and `--dj-radius`. What is said otherwise is not seen.
 */
export function readPalette(styles: readonly string[], isDark: boolean): Palette {
  const colors = new Map<string, Color>();
  let radiusPx = 0;
  for (const css of styles) {
    for (const [, token, light, dark] of css.matchAll(pair)) colors.set(token!, fullHex(isDark ? dark! : light!));
    radiusPx = Number(/--dj-radius:\s*(\d+)px/.exec(css)?.[1] ?? radiusPx);
  }
  const of = (token: string) => {
    const color = colors.get(token);
    if (color === undefined) throw new Error(`there is no colour ${token}`);
    return color;
  };
  return { of, isDark, radiusPx };
}

const pair = /--dj-([a-z0-9-]+):\s*light-dark\((#[0-9a-f]{3,6}),\s*(#[0-9a-f]{3,6})\)/gi;

function fullHex(hex: string): Color {
  return hex.length === 4 ? `#${[...hex.slice(1)].map((digit) => digit + digit).join("")}` : hex.toLowerCase();
}

/** Mixes so much of one colour with another, as `color-mix(in oklab, a share, b)` does. */
export function mix(a: Color, share: number, b: Color): Color {
  const [first, second] = [toOklab(a), toOklab(b)];
  const at = (index: 0 | 1 | 2) => first[index] * share + second[index] * (1 - share);
  return fromOklab([at(0), at(1), at(2)]);
}

/** Returns a colour of the same hue that is as light as that at the least, from 0 to 1. */
export function atLeastLight(color: Color, least: number): Color {
  const [light, a, b] = toOklab(color);
  return light >= least ? color : fromOklab([least, a, b]);
}

type Triple = readonly [number, number, number];

/** See https://bottosson.github.io/posts/oklab/. */
function toOklab(color: Color): Triple {
  const channel = (at: number) => toLinear(Number.parseInt(color.slice(at, at + 2), 16) / 255);
  const [r, g, b] = [channel(1), channel(3), channel(5)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([light, a, b]: Triple): Color {
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return `#${channels.map((value) => toByte(value).toString(16).padStart(2, "0")).join("")}`;
}

function toLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function toByte(linear: number): number {
  const value = linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(Math.min(1, Math.max(0, value)) * 255);
}
