/** Shorter pieces of an input, and words no longer than our own, may stand in an answer by chance. */
const byChance = /^.{0,3}$|^[A-Za-z]{1,8} ?$/;

/** Longer pieces are looked for by their beginning: an answer may have cut them. */
const maxLength = 48;

/** Bodies beyond this are only hostile by their size. */
const maxBodyChars = 400_000;

/** Returns what a caller wrote that no answer may repeat: values, and names that are no identifiers. */
export function inputsOf(path: string, authorization: string | undefined, body: string): readonly string[] {
  const query = path.includes("?") ? path.slice(path.indexOf("?") + 1) : "";
  const token = path.startsWith("/s/") ? path.slice("/s/".length) : "";
  const texts = [authorization ?? "", query, decode(query), token, decode(token), ...valuesOf(body)];
  return [...new Set(texts.map((text) => text.slice(0, maxLength)).filter((text) => !byChance.test(text)))];
}

function valuesOf(body: string): readonly string[] {
  if (body.length > maxBodyChars) return [];
  const found: string[] = [];
  let level: unknown[];
  try {
    level = [JSON.parse(body)];
  } catch {
    return [body];
  }
  // Level by level: some inputs are deeper than the stack.
  while (level.length > 0) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === "string") found.push(value);
      else if (typeof value === "number") found.push(`${value}`);
      else if (typeof value === "object" && value !== null) {
        if (!Array.isArray(value)) found.push(...Object.keys(value).filter((key) => !identifier.test(key)));
        next.push(...Object.values(value));
      }
    }
    level = next;
  }
  return found;
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
