type Fields = Record<string, unknown>;

/** Names of fields that hold secrets, in lower case. */
const secret: ReadonlySet<string> = new Set(["authorization", "token", "password", "secret"]);

const censor = "[redacted]";

/** No line has fields that deep, and fields may lead back to where they began. */
const maxDepth = 4;

/**
 * Returns the fields of a line without what those hold that are named as secrets are, also within other fields. Fields
 * that have none are returned as they are: pino's own way copies each line, which is a good part of what a request takes.
 */
export function redact(fields: Fields, depth = 0): Fields {
  let redacted = fields;
  for (const name in fields) {
    const value = fields[name];
    const kept = secret.has(name.toLowerCase())
      ? censor
      : isPlain(value) && depth < maxDepth
        ? redact(value, depth + 1)
        : value;
    if (kept === value) continue;
    if (redacted === fields) redacted = { ...fields };
    redacted[name] = kept;
  }
  return redacted;
}

/** What is not plain, such as an error, has a serializer of its own. */
function isPlain(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
