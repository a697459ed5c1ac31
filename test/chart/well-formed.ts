/** What HTML lets stand without an end tag. */
const voids = new Set(["link", "meta", "br", "hr", "input"]);

const token =
  /<!doctype html>|<\/([a-z][a-z0-9]*)>|<([a-z][a-zA-Z0-9]*)((?: [a-zA-Z0-9-]+(?:="[^"<>]*")?)*)( ?\/?)>|([^<]+)/gy;

/**
 * Returns what is wrong with markup, or undefined: tags nest, attributes are quoted, text and
 * attributes are escaped, and nothing carries a style, an id or a handler.
 */
export function findFlaw(markup: string): string | undefined {
  const open: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < markup.length) {
    const at = token.lastIndex;
    const match = token.exec(markup);
    if (match === null) return `no markup at ${markup.slice(at, at + 60)}`;
    const [, closed, opened, attributes = "", selfClosed, text] = match;
    if (text !== undefined && /&(?!(amp|lt|gt|quot|#39);)/.test(text) && open.at(-1) !== "script")
      return `& in ${text}`;
    if (/ (style|id|on[a-z]+)=/.test(attributes.replace(/"[^"]*"/g, ""))) return `forbidden attribute in ${attributes}`;
    if (closed !== undefined && open.pop() !== closed) return `</${closed}> does not fit`;
    if (opened !== undefined && selfClosed === "" && !voids.has(opened)) open.push(opened);
  }
  return open.length > 0 ? `<${open.at(-1)}> is not closed` : undefined;
}

/** Returns what in markup comes of a mistake in arithmetic, or undefined. */
export function findNonsense(markup: string): string | undefined {
  const attributes = [...markup.matchAll(/ (x|y|x1|x2|y1|y2|d|width|height|viewBox)="([^"]*)"/g)];
  return attributes.find(
    ([, name, value]) => !(name === "d" ? /^[MLAHVChlvacz\dZ ,.-]+$/ : /^[\d .%-]+$/).test(value!),
  )?.[0];
}
