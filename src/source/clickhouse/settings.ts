import { type Frame, findColumn } from "../../frame/frame.ts";
import type { ReadBounds } from "../connector.ts";
import { SourceError } from "../source-error.ts";

/** The values of settings as the user's profile has them, of those that matter here and the server knows. */
export type Profile = ReadonlyMap<string, string>;

/** What an answer must look like to be read, and how it may end. */
const fixed: Readonly<Record<string, string>> = {
  cancel_http_readonly_queries_on_client_close: "1",
  date_time_output_format: "iso",
  enable_http_compression: "0",
  // Otherwise an answer may break off for an error and look like a whole one.
  http_write_exception_in_output_format: "0",
  output_format_json_pretty_print: "1",
  output_format_json_quote_64bit_integers: "1",
  output_format_json_quote_decimals: "1",
  output_format_json_quote_denormals: "0",
  send_progress_in_http_headers: "0",
};

/** Where a limit is met, half a sum must not look like a whole one. */
const thrown = ["read", "group_by", "sort", "distinct", "set", "join", "transfer", "timeout"];

const modes = Object.fromEntries(thrown.map((limit) => [`${limit}_overflow_mode`, "throw"]));

const names = [
  ...Object.keys({ ...fixed, ...modes }),
  "max_execution_time",
  "max_result_rows",
  "result_overflow_mode",
  "readonly",
];

/** Asks for the profile. It needs no settings and no parameters, which not every user and server take. */
export const profileQuery = `select name, value from system.settings where name in ('${names.join("', '")}')`;

/** Reads the answer to `profileQuery`. */
export function readProfile(frame: Frame): Profile {
  const settings = findColumn(frame, "name")?.values ?? [];
  const values = findColumn(frame, "value")?.values ?? [];
  return new Map([...settings].map((name, at) => [`${name}`, `${values[at]}`]));
}

/**
 * Returns the settings to send: those that the server knows and the profile has otherwise. A limit of the
 * profile's own that is lower stays. `readonly` comes last, because servers of old take no other after it.
 *
 * With `readonly = 1` a query changes nothing, sets nothing and reaches nothing outside of the server: `url`,
 * `file`, `s3`, `remote` and their like are refused. A profile with `readonly = 2` keeps that, and then the
 * user's grants alone say what a query reaches. Throws SourceError for one with `readonly = 1`, which takes
 * no settings, unless it has them all.
 */
export function settingsFor(
  profile: Profile,
  { maxRows, timeoutMs }: Pick<ReadBounds, "maxRows" | "timeoutMs">,
): Record<string, string> {
  const maxSeconds = Math.ceil(timeoutMs / 1000);
  // One more, which says that there are more.
  const maxResultRows = maxRows + 1;
  const capped = isLooser(profile, "max_result_rows", maxResultRows);
  const wanted = {
    ...fixed,
    ...modes,
    ...(isLooser(profile, "max_execution_time", maxSeconds) && { max_execution_time: `${maxSeconds}` }),
    ...(capped && { max_result_rows: `${maxResultRows}` }),
    result_overflow_mode: capped ? "break" : "throw",
  };
  const readonly = profile.get("readonly");
  const changed = Object.entries(wanted).filter(([name, value]) => profile.has(name) && profile.get(name) !== value);
  if (readonly === "1" && changed.length > 0) {
    throw new SourceError(
      "source_failed",
      "the user's profile takes no settings (readonly = 1); it needs readonly = 2",
    );
  }
  return { ...Object.fromEntries(changed), ...(readonly === "0" && { readonly: "1" }) };
}

/** Whether the profile's own limit is none, or higher. */
function isLooser(profile: Profile, name: string, limit: number): boolean {
  const own = Number(profile.get(name));
  return !(own > 0) || own > limit;
}
