import { randomBytes } from "node:crypto";

/** The values of variables. One that is a function is asked anew at each place where it stands. */
export type Variables = Readonly<Record<string, string | (() => string)>>;

/** Variables that need no service. */
export const constants: Variables = {
  RENDER: "/api/v1/data-consumption/dashboards/render",
  SHARE: "/api/v1/data-consumption/dashboards/share",
  DEFS: "/api/v1/data-consumption/dashboards/definitions",
  CONNECTIONS: "/api/v1/data-consumption/dashboards/connections",
  CONNECT_RENDER: "/datajetty.dashboards.v1.DashboardsService/Render",
  CONNECT_PUBLISH: "/datajetty.dashboards.v1.DashboardsService/SaveDefinition",
  "256": "a".repeat(256),
  "300": "a".repeat(300),
  "4K": "a".repeat(4_096),
  "8K": "a".repeat(8_192),
  "100K": "a".repeat(102_400),
  CT_10K: `application/json;${"a".repeat(10_240)}`,
  "1000_PARAMS": Array.from({ length: 1_000 }, (_, index) => `p${index}=1`).join("&"),
  rows_100k: () => JSON.stringify(Array.from({ length: 100_000 }, (_, index) => [index, index % 97])),
  rows_10001: () => JSON.stringify(Array.from({ length: 10_001 }, (_, index) => [`r${index}`])),
  wide_row: () =>
    JSON.stringify([Array.from({ length: 1_000 }, (_, index) => (index === 0 ? "x".repeat(2 ** 20) : "x"))]),
};

/** Puts values in place of `${NAME}` where the name is a variable; whatever else looks like one is payload. */
export function fillIn(text: string, variables: Variables): string {
  return text.replace(placeholder, (whole, name: string) => {
    if (!Object.hasOwn(variables, name)) return whole;
    const value = variables[name]!;
    return typeof value === "function" ? value() : value;
  });
}

/** Puts values in place of variables in every text of a JSON value. */
export function fillInDeep<T>(value: T, variables: Variables): T {
  if (typeof value === "string") return fillIn(value, variables) as T;
  if (Array.isArray(value)) return value.map((item) => fillInDeep(item, variables)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillInDeep(item, variables)])) as T;
}

/** Returns the names that the JSON of a case refers to. */
export function namesIn(value: unknown): readonly string[] {
  return [...JSON.stringify(value).matchAll(placeholder)].map((match) => match[1]!);
}

/** Returns a text of the same shape: base64url segments of the same lengths, each canonical. */
export function randomOfShape(token: string): string {
  return token
    .split(".")
    .map((segment) => randomBytes(Math.floor((segment.length * 3) / 4)).toString("base64url"))
    .join(".");
}

const placeholder = /\$\{([A-Za-z0-9_]+)\}/g;
