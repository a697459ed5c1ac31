import {
  type DescField,
  type DescMessage,
  type DescOneof,
  getOption,
  isFieldSet,
  type Message,
} from "@bufbuild/protobuf";
import {
  DoubleRulesSchema,
  type FieldRules,
  FieldRulesSchema,
  field as fieldRules,
  Int32RulesSchema,
  MapRulesSchema,
  oneof as oneofRules,
  RepeatedRulesSchema,
  StringRulesSchema,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/** What a value is held to; what is undefined is no limit. Lengths of texts are in characters. */
export type Limits = {
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  /** In UTF-8. */
  readonly maxBytes?: number | undefined;
  readonly pattern?: string | undefined;
  /** The only values it takes. */
  readonly words?: readonly string[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  /** Of items of a list, or pairs of a map. */
  readonly minCount?: number | undefined;
  readonly maxCount?: number | undefined;
  /** Whether no two items may be equal. */
  readonly unique?: boolean | undefined;
  /** Of each item of a list, or each value of a map. */
  readonly items?: Limits | undefined;
  /** Of each key of a map. */
  readonly keys?: Limits | undefined;
};

/** Reads a field's protovalidate rules. Throws an Error for a rule that is not known here, so that none is lost. */
export function limitsOf(field: DescField): Limits {
  try {
    return readLimits(getOption(field, fieldRules));
  } catch (cause) {
    throw new Error(`${field.parent.typeName}.${field.name}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Whether a message is refused without the field: because a rule says so, or because what stands for a field that is
 * left out (nothing, 0, no items) does not fit its own limits.
 */
export function isRequired(field: DescField): boolean {
  if (getOption(field, fieldRules).required) return true;
  const { minLength, pattern, words, minimum, maximum, minCount } = limitsOf(field);
  if (field.fieldKind === "list" || field.fieldKind === "map") return (minCount ?? 0) > 0;
  if (!isImplicit(field)) return false;
  const emptyFits = (words?.includes("") ?? true) && new RegExp(pattern ?? "", "u").test("") && (minLength ?? 0) === 0;
  return !emptyFits || (minimum ?? 0) > 0 || (maximum ?? 0) < 0;
}

/** Whether a field cannot be told from one that is left out: then answers always have it. */
export function isImplicit(field: DescField): boolean {
  return !field.proto.proto3Optional && field.oneof === undefined && field.fieldKind !== "message";
}

/** Whether a message is refused without any of the fields. */
export function isOneRequired(oneof: DescOneof): boolean {
  return getOption(oneof, oneofRules).required;
}

function readLimits(rules: FieldRules): Limits {
  mustBeKnown(FieldRulesSchema, rules, ["required", "string", "int32", "double", "repeated", "map"]);
  const { type } = rules;
  switch (type.case) {
    case "string":
      mustBeKnown(StringRulesSchema, type.value, ["min_len", "max_len", "max_bytes", "pattern", "in"]);
      return {
        minLength: count(type.value.minLen),
        maxLength: count(type.value.maxLen),
        maxBytes: count(type.value.maxBytes),
        pattern: type.value.pattern || undefined,
        words: type.value.in.length > 0 ? type.value.in : undefined,
      };
    case "int32":
      mustBeKnown(Int32RulesSchema, type.value, ["gte", "lte"]);
      return { minimum: type.value.greaterThan.value, maximum: type.value.lessThan.value };
    case "double":
      // JSON has no numbers that are not finite.
      mustBeKnown(DoubleRulesSchema, type.value, ["finite"]);
      return {};
    case "repeated": {
      mustBeKnown(RepeatedRulesSchema, type.value, ["min_items", "max_items", "unique", "items"]);
      const { minItems, maxItems, unique, items } = type.value;
      return {
        minCount: count(minItems),
        maxCount: count(maxItems),
        unique: unique || undefined,
        items: items && readLimits(items),
      };
    }
    case "map": {
      mustBeKnown(MapRulesSchema, type.value, ["min_pairs", "max_pairs", "keys", "values"]);
      const { minPairs, maxPairs, keys, values } = type.value;
      return {
        minCount: count(minPairs),
        maxCount: count(maxPairs),
        keys: keys && readLimits(keys),
        items: values && readLimits(values),
      };
    }
    default:
      return {};
  }
}

function mustBeKnown(schema: DescMessage, rules: Message, known: readonly string[]): void {
  for (const rule of schema.fields) {
    if (isFieldSet(rules, rule) && !known.includes(rule.name)) {
      throw new Error(`the rule ${schema.name}.${rule.name} cannot be told`);
    }
  }
}

/** In proto2's rules a limit that is not set is 0. */
function count(limit: bigint): number | undefined {
  return limit > 0n ? Number(limit) : undefined;
}
