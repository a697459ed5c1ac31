import { faults, type Reason } from "../../src/errors/fault.ts";
import { codesOf, parseSections, readDocument, type Section } from "../../test/docs/markdown.ts";

/** What docs/api.md tells that the proto does not. Tests hold the document to the code. */
export type Guide = {
  readonly sections: readonly Section[];
  /** What request headers are for, by name. */
  readonly requestHeaders: ReadonlyMap<string, string>;
  /** What response headers tell, by name. */
  readonly responseHeaders: ReadonlyMap<string, string>;
  /** Returns what can go wrong in a method, and what that means there, in the order of the table of errors. */
  readonly reasonsOf: (method: string, everywhere: (reason: Reason) => boolean) => ReadonlyMap<Reason, string>;
};

/** Reads it. A method without a section has the errors that every method has. */
export function readGuide(): Guide {
  const document = readDocument("docs/api.md");
  const sections = parseSections(document);
  const general = new Map(
    tableOf("Errors", "reason").map((row) => [codesOf(row[0]!)[0] as Reason, plainLinks(row[4]!)] as const),
  );
  const [, listed = ""] = /\n### Every method\n\n([\s\S]*?) can come\s+from any of them/.exec(document) ?? [];
  const common = new Set(codesOf(listed));
  if (general.size === 0 || common.size === 0) throw new Error("docs/api.md does not tell its errors as expected");

  return {
    sections,
    requestHeaders: headersOf("request header", 2),
    responseHeaders: headersOf("response header", 1),
    reasonsOf(method, everywhere) {
      const here = new Map(
        tableOf(method, "error").flatMap(([codes, when]) => codesOf(codes!).map((code) => [code, plainLinks(when!)])),
      );
      const reasons = (Object.keys(faults) as Reason[]).filter(
        (reason) => here.has(reason) || common.has(reason) || everywhere(reason),
      );
      return new Map(reasons.map((reason) => [reason, meaning(general.get(reason)!, here.get(reason))]));
    },
  };

  /** The rows of a section's table whose head begins so. */
  function tableOf(title: string, first: string): readonly (readonly string[])[] {
    const section = sections.find((each) => each.title === title);
    return section?.tables.find(({ head }) => head[0] === first)?.rows ?? [];
  }

  function headersOf(first: string, column: number): ReadonlyMap<string, string> {
    return new Map(
      tableOf("Calling", first).flatMap((row) => codesOf(row[0]!).map((name) => [name, plainLinks(row[column]!)])),
    );
  }
}

/** What a method says of a reason stands for itself, or adds to what it means everywhere. */
function meaning(general: string, here = ""): string {
  const [, added] = /^(?:(?:see|as for) [^;]*(?:; |$)|(?=also ))(.*)$/.exec(here) ?? [];
  if (added === undefined) return here || general;
  return added === "" ? general : `${general}; ${added}`;
}

/** Leaves of links their words. */
function plainLinks(markdown: string): string {
  return markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
}
