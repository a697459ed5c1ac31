import { type DescField, getOption } from "@bufbuild/protobuf";
import { type FieldRules, field as fieldRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/** Returns what a document must say of a field's limits: numbers, words of closed vocabularies, that it is required. */
export function limitTokens(field: DescField): readonly string[] {
  const [own, ...inner] = rulesOf(field);
  return [...(own!.required ? ["required"] : []), ...[own!, ...inner].flatMap(({ type }) => typeTokens(type))];
}

/** Returns the patterns that a field, its items, its keys or its values must match. */
export function patternsOf(field: DescField): readonly string[] {
  return rulesOf(field).flatMap(({ type }) => (type.case === "string" && type.value.pattern) || []);
}

/** Returns the rules of a field, and those of its items, or of its keys and values. */
function rulesOf(field: DescField): readonly FieldRules[] {
  const rules = getOption(field, fieldRules);
  const { type } = rules;
  if (type.case === "repeated") return [rules, type.value.items].filter((each) => each !== undefined);
  return type.case === "map"
    ? [rules, type.value.keys, type.value.values].filter((each) => each !== undefined)
    : [rules];
}

function typeTokens(type: FieldRules["type"]): readonly string[] {
  switch (type.case) {
    case "string": {
      const { minLen, maxLen, maxBytes, in: words } = type.value;
      return [...set([minLen, maxLen, maxBytes]), ...words.filter((word) => word !== "").map((word) => `\`${word}\``)];
    }
    case "int32": {
      const { value: from = "" } = type.value.greaterThan;
      const { value: to } = type.value.lessThan;
      return to === undefined ? [`from ${from}`] : [`${from}`, `${to}`];
    }
    case "repeated":
      return set([type.value.minItems, type.value.maxItems]);
    case "map":
      return set([type.value.minPairs, type.value.maxPairs]);
    default:
      return [];
  }
}

/** In proto2's rules a limit that is not set is 0. */
function set(limits: readonly bigint[]): string[] {
  return limits.filter((limit) => limit > 0n).map(String);
}
