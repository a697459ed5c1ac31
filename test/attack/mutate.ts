import { createHmac } from "node:crypto";
import type { Mutation, Step } from "./corpus.ts";

/** Changes a token's text. */
export function mutate(token: string, change: Mutation): string {
  if (change.twin === true) return twinOf(token, change.segment ?? -1);
  if (change.segment !== undefined) return mutateSegment(token, change.segment, change.at ?? "middle");
  if (change.truncate !== undefined) return token.slice(0, -change.truncate);
  if (change.truncate_to !== undefined) return token.slice(0, Math.floor(token.length * change.truncate_to));
  if (change.append !== undefined) return token + change.append;
  if (change.prepend !== undefined) return change.prepend + token;
  if (change.concat_self === true) return token + token;
  if (change.percent_encode === true) return token.replace(/./g, toPercent);
  if (change.base64std === true) return token.replaceAll("-", "+").replaceAll("_", "/");
  throw new Error("a mutation that is not known");
}

/** What mutations can say. */
export const mutationFields: readonly string[] = [
  ...["segment", "at", "truncate", "truncate_to", "append", "prepend", "concat_self", "percent_encode", "base64std"],
  "twin",
];

/**
 * Mints share tokens as an attacker would who knows their form from one that works, but not their key; or, with
 * the service's own, as one who has stolen that.
 */
export function forgeShareTokens(
  genuine: string,
  forge: NonNullable<Step["forge"]>,
  ownKey: string | undefined,
): readonly string[] {
  const [header, payload] = genuine.split(".").map((part) => Buffer.from(part, "base64url").toString()) as [
    string,
    string,
  ];
  const claims = { ...(JSON.parse(payload) as { sub: string }), ...forge.claims };
  // Ours name the tenant where others name the dashboard.
  const stolen = { ...claims, sub: claims.sub.replace(/^A\//, "B/") };
  const head = { ...(JSON.parse(header) as object), ...(forge.alg !== undefined && { alg: forge.alg }) };
  const input = [head, stolen].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  if (forge.keys === undefined) return [`${input}.`, `${input}.${genuine.split(".")[2]}`];
  const bytesOf = (key: string) => (key === ownKey ? Buffer.from(key, "base64url") : key);
  return forge.keys.map((key) => `${input}.${createHmac("sha256", bytesOf(key)).update(input).digest("base64url")}`);
}

function mutateSegment(token: string, index: number, at: "first" | "middle" | "last"): string {
  const segments = token.split(".");
  const which = index < 0 ? segments.length + index : index;
  const segment = segments[which]!;
  const place = at === "first" ? 0 : at === "last" ? segment.length - 1 : Math.floor(segment.length / 2);
  const other = segment[place] === "A" ? "B" : "A";
  segments[which] = segment.slice(0, place) + other + segment.slice(place + 1);
  return segments.join(".");
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Says the same bytes in another way: bits of the last character that mean nothing are changed. */
function twinOf(token: string, index: number): string {
  const segments = token.split(".");
  const which = index < 0 ? segments.length + index : index;
  const segment = segments[which]!;
  if (segment.length % 4 === 0) throw new Error("the segment has no spare bits");
  const last = digits.indexOf(segment.at(-1)!);
  segments[which] = segment.slice(0, -1) + digits[last ^ 1];
  return segments.join(".");
}

function toPercent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
