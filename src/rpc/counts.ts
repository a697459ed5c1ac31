import { type DescField, type DescMessage, getOption, hasOption, type Message } from "@bufbuild/protobuf";
import { field as fieldRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { FieldProblem } from "../errors/fault.ts";
import { createProblems, type Report } from "../errors/problems.ts";
import { setFields } from "./set-fields.ts";

/**
 * Creates the check of `max_items` and `max_pairs` alone, which finds the lists and maps that hold more than
 * the proto lets them. It looks at no item of what is too long, where protovalidate would find all that is
 * wrong with each.
 */
export function createCountCheck(): (schema: DescMessage, message: Message) => readonly FieldProblem[] {
  const known = new Map<DescField, number>();
  return (schema, message) => {
    const { report, list } = createProblems();
    visitMessage(schema, message, "", report);
    return list();
  };

  function visitMessage(schema: DescMessage, message: Message, path: string, report: Report): void {
    // Nothing in these has a limit of its own, and there may be very many.
    if (schema.file.proto.package === "google.protobuf") return;
    for (const { field, value } of setFields(schema, message)) {
      visitField(field, value, path === "" ? field.name : `${path}.${field.name}`, report);
    }
  }

  function visitField(field: DescField, value: unknown, path: string, report: Report): void {
    const isMany = field.fieldKind === "list" || field.fieldKind === "map";
    const items = isMany ? Object.values(value as object) : [value];
    if (isMany && items.length > limitOf(field)) {
      report(path, `must contain no more than ${limitOf(field)} items`);
    } else if (field.message !== undefined) {
      for (const [index, item] of items.entries()) {
        visitMessage(field.message, item, field.fieldKind === "list" ? `${path}[${index}]` : path, report);
      }
    }
  }

  function limitOf(field: DescField): number {
    const limit = known.get(field) ?? readLimit(field);
    known.set(field, limit);
    return limit;
  }
}

function readLimit(field: DescField): number {
  const rules = hasOption(field, fieldRules) ? getOption(field, fieldRules).type : undefined;
  const limit = rules?.case === "repeated" ? rules.value.maxItems : rules?.case === "map" ? rules.value.maxPairs : 0n;
  // Zero is what protobuf-es has for a rule that is not there.
  return limit === 0n ? Number.POSITIVE_INFINITY : Number(limit);
}
