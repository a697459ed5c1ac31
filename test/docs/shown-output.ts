import * as assert from "uvu/assert";

/** What is another in each run, and how it looks. */
const varying: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/(?<=\/s\/)[\w.-]+/g, "(token)"],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "(time)"],
  [/(?<![\w-])[\w-]{22}(?![\w-])/g, "(id)"],
  [/(?<=127\.0\.0\.1:)\d+/g, "(port)"],
  [/(?<="ttlS": |"ttl_s":)\d+/g, "(seconds)"],
  [/(?<=\bin )\d+(?= ms\b)/g, "(milliseconds)"],
];

/**
 * Holds what commands wrote to what a document shows of it. Times, ids, ports, and tokens of links only have to look alike;
 * `...` stands for anything in its line, and alone in a line for any lines.
 */
export function assertShown(actual: string, shown: string, message: string): void {
  const [got, wanted] = [mask(actual), mask(shown)];
  if (!toPattern(wanted).test(got)) assert.is(got, wanted, message);
}

function mask(text: string): string {
  return varying.reduce(
    (masked, [pattern, name]) => masked.replace(pattern, name),
    text.replaceAll("\r\n", "\n").trim(),
  );
}

function toPattern(wanted: string): RegExp {
  const lines = wanted
    .split("\n")
    .map((line) => (line === "..." ? "(?:.*\\n)*?.*" : line.split("...").map(RegExp.escape).join(".*")));
  return new RegExp(`^${lines.join("\\n")}$`);
}
