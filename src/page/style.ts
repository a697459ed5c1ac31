/** The style sheets of src/page/files that make up a dashboard's style, in their order. */
const parts = [
  "root",
  "page",
  "filters",
  "chart",
  "heatmap",
  "pie",
  "gauge",
  "panel",
  "table",
  "live",
  "narrow",
  "print",
  "contrast",
] as const;

/** What a class like `dj-w12` stands for: the name of the variable that it sets, and the numbers there are. */
const numbers = [
  { prefix: "w", variable: "--w", from: 1, to: 24, plus: 0 },
  { prefix: "h", variable: "--h", from: 1, to: 24, plus: 0 },
  // A line of the grid, which are counted from 1.
  { prefix: "x", variable: "--x", from: 0, to: 23, plus: 1 },
  { prefix: "c", variable: "--chars", from: 1, to: 20, plus: 0 },
] as const;

/** Matches the fonts of fonts.css: files of @fontsource-variable/inter, as if next to it. */
const fontUrl = /url\("([\w-]+\.woff2)"\)/g;

/**
 * Returns the style sheet that a dashboard's HTML links to, made of the texts of src/page/files/*.css
 * by name without `.css`. Throws when one is missing. Sizes on the grid come by class, because a
 * strict Content-Security-Policy forbids the style attribute.
 */
export function dashboardStyle(css: Readonly<Record<string, string>>): string {
  const rules = numbers.flatMap(({ prefix, variable, from, to, plus }) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index).map(
      (number) => `:is(.dj, #dj#dj:not(*)) .dj-${prefix}${number} { ${variable}: ${number + plus}; }\n`,
    ),
  );
  return [...parts.map((part) => textOf(css, part)), ...rules].join("");
}

/** Returns the style sheet of whole documents, beside that of dashboards. */
export function shareStyle(css: Readonly<Record<string, string>>): string {
  return textOf(css, "share");
}

/** Returns the style sheet that brings the typeface, with its fonts at the addresses at which they are served. */
export function fontStyle(css: Readonly<Record<string, string>>, urlOf: (fontFile: string) => string): string {
  return textOf(css, "fonts").replace(fontUrl, (_, file: string) => `url("${urlOf(file)}")`);
}

/** Returns the names of the fonts that it loads; each is under `files/` of @fontsource-variable/inter. */
export function fontFiles(css: Readonly<Record<string, string>>): string[] {
  return [...textOf(css, "fonts").matchAll(fontUrl)].map(([, file]) => file!);
}

function textOf(css: Readonly<Record<string, string>>, name: string): string {
  const text = css[name];
  if (text === undefined) throw new Error(`the style sheet ${name}.css is missing`);
  return text;
}
