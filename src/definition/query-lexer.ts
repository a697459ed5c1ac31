/** What the lexer found in a query's code, outside strings, quoted names and comments. */
export type Mark =
  | { readonly kind: "placeholder"; readonly at: number; readonly end: number; readonly name: string }
  | { readonly kind: "open" | "close" | "semicolon"; readonly at: number };

/** A query's marks in order, or the first thing that cannot be read. */
export type Lexed =
  | {
      readonly marks: readonly Mark[];
      /** Where the last code ends that is no semicolon; 0 where there is none. */
      readonly codeEnd: number;
    }
  | { readonly problem: string; readonly at: number };

/**
 * Finds the placeholders, square brackets and semicolons of a query in DuckDB's or PostgreSQL's
 * dialect. Strings (`'…'`, `E'…'`, `$$…$$`, `$tag$…$tag$`), quoted names and comments (`--` and
 * nested block comments) hold none.
 *
 * A placeholder is a colon and a name, and does not touch anything in front that it could belong
 * to: in `a::int`, `list[1:n]`, `list[(i):n]` and `{'key':n}` the colon is the dialect's own. A
 * blank makes the difference: `list[1 : :n]`.
 *
 * The dialects' own parameters (`?`, `$1`, `$name`) are a problem, because no filter would bind them.
 * @see https://www.postgresql.org/docs/current/sql-syntax-lexical.html
 */
export function lexQuery(text: string): Lexed {
  const marks: Mark[] = [];
  let codeEnd = 0;
  let escapes = false;
  let operandEnd = -1;
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at, { escapes, touching: operandEnd === at });
    if (token.kind === "problem") return { problem: token.problem, at };
    const { kind, end } = token;
    if (kind === "placeholder") marks.push({ kind, at, end, name: text.slice(at + 1, end) });
    else if (kind === "open" || kind === "close" || kind === "semicolon") marks.push({ kind, at });
    if (kind !== "blank" && kind !== "semicolon") codeEnd = end;
    // A string goes on after blanks, and keeps the escapes of its first part.
    if (kind === "word") escapes = text[end] === "'" && /^e$/i.test(text.slice(at, end));
    else if (kind !== "blank" && kind !== "string") escapes = false;
    if (kind === "word" || kind === "string" || ")]:".includes(text[at]!)) operandEnd = end;
    at = end;
  }
  return { marks, codeEnd };
}

type Token =
  | {
      readonly kind: "blank" | "string" | "word" | "placeholder" | "open" | "close" | "semicolon" | "other";
      readonly end: number;
    }
  | { readonly kind: "problem"; readonly problem: string };

type Context = {
  /** Whether a backslash in a string escapes what follows. */
  readonly escapes: boolean;
  /** Whether an operand or a colon ends right here. */
  readonly touching: boolean;
};

function tokenAt(text: string, at: number, { escapes, touching }: Context): Token {
  const char = text[at]!;
  const pair = text.slice(at, at + 2);
  if (/[ \t\n\v\f\r]/.test(char)) return { kind: "blank", end: at + 1 };
  if (isWordChar(char)) return { kind: "word", end: wordEnd(text, at) };
  if (pair === "--") return { kind: "blank", end: lineEnd(text, at) };
  if (pair === "/*") return closed("blank", commentEnd(text, at), "a comment is not closed");
  if (char === "'") return closed("string", quoteEnd(text, at, escapes), "a string is not closed");
  if (char === '"') return closed("string", quoteEnd(text, at, false), "a quoted name is not closed");
  if (char === "$") return dollarToken(text, at);
  // To PostgreSQL a no-break space is a letter, to DuckDB it is a blank: text that splits in two ways.
  if (char > "\u007f") return { kind: "problem", problem: "a character that is no letter stands outside of quotes" };
  if (char === "?") return { kind: "problem", problem: "`?` binds nothing; write `:name`" };
  if (pair === "::") return { kind: "other", end: at + 2 };
  if (char === ":" && !touching) return colonToken(text, at);
  if (char === "[") return { kind: "open", end: at + 1 };
  if (char === "]") return { kind: "close", end: at + 1 };
  if (char === ";") return { kind: "semicolon", end: at + 1 };
  return { kind: "other", end: at + 1 };
}

function closed(kind: "blank" | "string", end: number, problem: string): Token {
  return end < 0 ? { kind: "problem", problem } : { kind, end };
}

function isWordChar(char: string): boolean {
  return /[\p{L}\p{M}\p{N}_]/u.test(char);
}

/** A name may hold `$`, a number may not: in `1$$` a string begins. */
function wordEnd(text: string, at: number): number {
  const dollar = !/[0-9]/.test(text[at]!);
  let end = at + 1;
  while (end < text.length && (isWordChar(text[end]!) || (dollar && text[end] === "$"))) end += 1;
  return end;
}

function lineEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && text[end] !== "\n" && text[end] !== "\r") end += 1;
  return end;
}

function commentEnd(text: string, at: number): number {
  let depth = 0;
  for (let end = at; end < text.length; ) {
    const pair = text.slice(end, end + 2);
    if (pair === "/*") depth += 1;
    else if (pair === "*/") depth -= 1;
    end += pair === "/*" || pair === "*/" ? 2 : 1;
    if (depth === 0) return end;
  }
  return -1;
}

function quoteEnd(text: string, at: number, escapes: boolean): number {
  const quote = text[at];
  for (let end = at + 1; end < text.length; end += 1) {
    if (escapes && text[end] === "\\") end += 1;
    else if (text[end] === quote && text[end + 1] === quote) end += 1;
    else if (text[end] === quote) return end + 1;
  }
  return -1;
}

function dollarToken(text: string, at: number): Token {
  let end = at + 1;
  if (!/[0-9]/.test(text[end] ?? "")) while (end < text.length && isWordChar(text[end]!)) end += 1;
  if (text[end] !== "$") return { kind: "problem", problem: "`$` binds nothing; write `:name`" };
  const tag = text.slice(at, end + 1);
  const close = text.indexOf(tag, end + 1);
  return closed("string", close < 0 ? -1 : close + tag.length, "a string is not closed");
}

function colonToken(text: string, at: number): Token {
  if (!/[A-Za-z]/.test(text[at + 1] ?? "")) return { kind: "other", end: at + 1 };
  const end = wordEnd(text, at + 1);
  if (/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(text.slice(at + 1, end))) return { kind: "placeholder", end };
  return { kind: "problem", problem: "a placeholder's name is a letter and at most 63 letters, digits and `_`" };
}
