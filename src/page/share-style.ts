/** Matches the fonts of share.css: files of @fontsource-variable/inter, next to it. */
const fontUrl = /url\("([\w-]+\.woff2)"\)/g;

/** Returns the names of the font files that share.css loads; each is under `files/` of @fontsource-variable/inter. */
export function fontFiles(css: string): string[] {
  return [...css.matchAll(fontUrl)].map(([, name]) => name!);
}

/** Returns share.css with its fonts at the addresses at which they are served. */
export function shareStyle(css: string, urlOf: (file: string) => string): string {
  return css.replace(fontUrl, (_, name: string) => `url("${urlOf(name)}")`);
}
