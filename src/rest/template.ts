/** A path of a google.api.http rule, parsed. */
export type PathTemplate = {
  /** Literals as they are written, `*` for any one segment, `**` (only last) for whatever follows. */
  readonly segments: readonly string[];
  /** What follows the last colon; empty without one. */
  readonly verb: string;
  readonly variables: readonly PathVariable[];
};

/** A field that takes its value from segments `start` up to `end`, which is Infinity for `**`. */
export type PathVariable = { readonly field: string; readonly start: number; readonly end: number };

/**
 * Parses a template by the grammar of google/api/http.proto, where variables do not nest. Literals
 * with percent-encoding are not supported, so that paths can be compared as they arrive. Throws an
 * Error that says what is wrong with the template.
 */
export function parseTemplate(text: string): PathTemplate {
  const segments: string[] = [];
  const variables: PathVariable[] = [];
  const part = new RegExp(partPattern, "y");
  let rest = text;
  for (let found = part.exec(text); found !== null; found = part.exec(text)) {
    const { segment, field, pattern = "*" } = found.groups as { segment?: string; field?: string; pattern?: string };
    const added = segment === undefined ? pattern.split("/") : [segment];
    if (field !== undefined) {
      if (variables.some((variable) => variable.field === field)) throw new Error(`${text}: ${field} occurs twice`);
      const end = added.at(-1) === "**" ? Number.POSITIVE_INFINITY : segments.length + added.length;
      variables.push({ field, start: segments.length, end });
    }
    segments.push(...added);
    rest = text.slice(part.lastIndex);
  }
  const verb = verbPattern.exec(rest);
  if (segments.length === 0 || verb === null) throw new Error(`${text}: not a path template at "${rest}"`);
  if (segments.slice(0, -1).includes("**")) {
    throw new Error(`${text}: ** can only be the last segment`);
  }
  return { segments, verb: verb[1] ?? "", variables };
}

const literal = "[A-Za-z0-9_.~-]+";
const segment = `(?:\\*\\*|\\*|${literal})`;
const identifier = "[A-Za-z_][A-Za-z0-9_]*";
const partPattern = `/(?:(?<segment>${segment})|\\{(?<field>${identifier}(?:\\.${identifier})*)(?:=(?<pattern>${segment}(?:/${segment})*))?\\})`;
const verbPattern = new RegExp(`^(?::(${literal}))?$`);
