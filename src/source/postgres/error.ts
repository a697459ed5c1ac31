import { SourceError, type SourceFailure } from "../source-error.ts";

/**
 * Returns what went wrong, by PostgreSQL's code for it. The server's own message is left out: it quotes
 * data. What has no such code is a connection that was lost.
 *
 * @param sql what the server was given, when it says where in it the error is; the query begins on its
 * second line
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function toPostgresError(error: unknown, sql = ""): SourceError {
  if (error instanceof SourceError) return error;
  const code = sqlStateOf(error);
  if (code === undefined) return new SourceError("source_unavailable", "the connection was lost");
  const [failure, words] = byCode[code] ?? byClass[code.slice(0, 2)] ?? other;
  const line = lineOf(error, sql);
  return new SourceError(failure, `${line === undefined ? "" : `line ${line}: `}${words} (${code})`);
}

type Meaning = readonly [failure: SourceFailure, words: string];

const other: Meaning = ["source_failed", "the server refuses the query"];
const login: Meaning = ["source_failed", "the user or password is refused"];
const down: Meaning = ["source_unavailable", "the server is not available"];
const readOnly: Meaning = ["source_failed", "the query would change something, and it may only read"];

const byCode: Readonly<Record<string, Meaning>> = {
  "0A000": ["source_failed", "the server does not support what is asked"],
  "22012": ["source_failed", "there is a division by zero"],
  "25006": readOnly,
  "28000": login,
  "28P01": login,
  "3D000": ["source_failed", "the database does not exist"],
  "3F000": ["source_failed", "no such schema"],
  "42501": ["source_failed", "the role has no permission for what the query reads or calls"],
  "42601": ["source_failed", "there is a syntax error"],
  "42702": ["source_failed", "a column's name could mean more than one column"],
  "42703": ["source_failed", "no such column"],
  "42803": ["source_failed", "a column must be grouped by, or aggregated"],
  "42804": ["source_failed", "types do not match"],
  "42846": ["source_failed", "a value cannot be cast to that type"],
  "42883": ["source_failed", "no function or operator takes values of these types"],
  "42P01": ["source_failed", "no such table"],
  "42P18": ["source_failed", "the type of a parameter cannot be told: write `:name::type`"],
  "53300": ["source_unavailable", "the server has no connection left"],
  "53400": ["source_failed", "a limit of the server's configuration is reached"],
  "55P03": ["source_unavailable", "what the query reads is locked"],
  "57014": ["source_timeout", "the query took too long"],
  "57P04": ["source_failed", "the database does not exist"],
};

const byClass: Readonly<Record<string, Meaning>> = {
  "08": ["source_unavailable", "the connection was lost"],
  "21": ["source_failed", "a subquery gives more rows than may be there"],
  "22": ["source_failed", "a value does not fit its type"],
  "25": readOnly,
  "28": login,
  "40": ["source_unavailable", "another transaction is in the way"],
  "42": ["source_failed", "there is a mistake in the query"],
  "53": ["source_unavailable", "the server is out of resources"],
  "54": ["source_failed", "the query is too large"],
  "57": down,
  "58": ["source_unavailable", "the server has an error of its system"],
  XX: ["source_failed", "the server has an internal error"],
};

function sqlStateOf(error: unknown): string | undefined {
  const code = error instanceof Error && error.name === "PostgresError" && "code" in error ? String(error.code) : "";
  return /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** The line of the query in which the server sees the error; it counts characters, from 1. */
function lineOf(error: unknown, sql: string): number | undefined {
  const position = error instanceof Error && "position" in error ? Number(error.position) : Number.NaN;
  if (sql === "" || !(position > 0)) return undefined;
  const line = [...sql].slice(0, position - 1).filter((char) => char === "\n").length;
  const lines = sql.split("\n").length - 2;
  return Math.max(1, Math.min(line, lines));
}
