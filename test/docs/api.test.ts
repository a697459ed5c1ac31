import { type DescField, type DescMessage, type DescMethod, getOption, ScalarType } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import * as assert from "uvu/assert";
import {
  ConnectionsService,
  file_datajetty_dashboards_v1_connections_service as connectionsFile,
} from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import {
  DashboardsService,
  file_datajetty_dashboards_v1_dashboards_service as serviceFile,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { http } from "../../gen/google/api/annotations_pb.js";
import { parseConfig } from "../../src/config/config.ts";
import { faults } from "../../src/errors/fault.ts";
import { policies } from "../../src/rpc/policy.ts";
import { suite } from "../harness.ts";
import { limitTokens, patternsOf } from "./field-rules.ts";
import { codesOf, parseSections, plain, readDocument, type Section, type Table } from "./markdown.ts";

/** docs/api.md says what the proto and the code say, all of it and nothing else. */
const test = suite("docs/api.md");

const document = readDocument("docs/api.md");
const sections = parseSections(document);
const config = parseConfig({}, "");
const methods: readonly DescMethod[] = [...DashboardsService.methods, ...ConnectionsService.methods];
const own = `${DashboardsService.typeName.split(".").slice(0, -1).join(".")}.`;

const requestHead = ["request field", "type", "limit", "default", "what"];
const responseHead = ["response field", "type", "what"];
const messageHead = ["field", "type", "limit", "what"];

test("every method stands in the table of endpoints, with its path, scope, body limit and rate", () => {
  const base = "/api/v1/data-consumption/dashboards";
  const { perSecond, burst } = config.rate;
  const expected = methods.map((method) => {
    const { pattern, body } = getOption(method, http);
    const { scope, maxBodyBytes } = policies[method.name]!;
    const path = (pattern.value as string).slice(base.length);
    const limit = body === "" ? "none" : sizeText(maxBodyBytes);
    return [method.name, `${pattern.case!.toUpperCase()} ${path}`, scope, limit, `${perSecond}/s, burst ${burst}`];
  });
  const { rows } = tableOf("Endpoints", ["method", "HTTP", "scope", "body limit", "rate"]);
  assert.equal(sorted(rows.map((row) => row.map(plain))), sorted(expected));
  const bodiless = methods.filter((method) => getOption(method, http).body === "");
  assert.ok(bodiless.every(({ name }) => policies[name]!.maxBodyBytes === 16 * 1024));
});

for (const method of methods) {
  test(`${method.name}: its fields are those of the proto`, () => {
    checkFields(method.input, tableOf(method.name, requestHead), { limits: true });
    checkFields(method.output, tableOf(method.name, responseHead), { limits: false });
  });

  test(`${method.name}: its path is the proto's, its errors are real, and it has an example`, () => {
    const { pattern } = getOption(method, http);
    const path = (pattern.value as string).replace("/api/v1/data-consumption/dashboards", "");
    const text = textOf(method.name);
    assert.ok(text.startsWith(`\`${pattern.case!.toUpperCase()} ${path}\``), text.slice(0, 80));
    const reasons = tableOf(method.name, ["error", "when"]).rows.flatMap(([reason]) => codesOf(reason!));
    assert.equal(
      reasons.filter((reason) => !(reason in faults)),
      [],
    );
    assert.is(reasons.includes("REQUEST_ID_REUSED"), isChange(method), "what changes something has idempotency keys");
    assert.ok(sectionOf(method.name).blocks.some(({ language }) => language === "sh"));
  });
}

test("the methods whose request id is an idempotency key are those that change something", () => {
  const listed = /\(([A-Za-z,\s]+)\)\nthe id that was sent is the \*\*idempotency key\*\*/.exec(document)![1]!;
  assert.equal(sorted(listed.split(/,\s/)), sorted(methods.filter(isChange).map(({ name }) => name)));
});

test("every message that a definition or a connection is made of has a table, with all its fields", () => {
  const found = reachable(methods.flatMap(({ input, output }) => [input, output]));
  for (const message of found) checkFields(message, tableOf(message.name, messageHead), { limits: true });
  assert.ok(found.some(({ name }) => name === "DuckdbFile"));
  assert.ok(found.length > 15);
});

test("every pattern of the proto is in the table of names, and no other", () => {
  const requests = [...serviceFile.messages, ...connectionsFile.messages];
  const all = [...reachable(requests), ...requests];
  const patterns = all.flatMap(({ fields }) => fields.flatMap(patternsOf)).map(withoutEmpty);
  const { rows } = tableOf("Names", ["name", "pattern"]);
  assert.equal(sorted(rows.flatMap(([, pattern]) => codesOf(pattern!))), sorted([...new Set(patterns)]));
});

test("the table of errors is that of the code", () => {
  const expected = Object.entries(faults).map(([reason, { status, error, code }]) => {
    return [reason, `${status}`, error, Code[code]];
  });
  const { rows } = tableOf("Errors", ["reason", "HTTP", "error", "gRPC", "what, and what to do"]);
  assert.equal(
    rows.map((row) => row.slice(0, 4).map(plain)),
    expected,
  );
});

test("the errors of panels are those that the pages have words for", () => {
  const words = readDocument("src/render/words.ts").matchAll(/^ {2}([a-z_]+): \{ what/gm);
  const sentence = /A panel's `error` is one of ([\s\S]*?)\. One broken panel/.exec(document)![1]!;
  assert.equal(sorted(codesOf(sentence)), sorted([...words].map(([, code]) => code!)));
});

test("no other reason is named anywhere", () => {
  const named = codesOf(document.replace(/^```[\s\S]*?^```$/gm, "")).filter((code) => /^[A-Z]+(_[A-Z]+)+$/.test(code));
  assert.equal(
    named.filter((reason) => !(reason in faults)),
    [],
  );
});

test("rates and sizes in sentences are the defaults of the code", () => {
  const { rate, linksPerSecond, failedTokensPerSecond, shareMaxExpiresInS } = config;
  const { rows } = tableOf("Rate limits", ["what", "rate", "refused with"]);
  assert.equal(
    rows.map(([, text]) => text),
    [
      `${rate.perSecond}/s, burst ${rate.burst}`,
      `${linksPerSecond}/s, burst ${linksPerSecond}`,
      `${failedTokensPerSecond}/s, burst ${failedTokensPerSecond}`,
    ],
  );
  assert.ok(textOf("Share").includes(`60 to ${shareMaxExpiresInS};`));
  assert.ok(textOf("Share links").includes(`more than ${linksPerSecond} times a second`));
});

test.run();

function sectionOf(title: string): Section {
  const found = sections.filter((section) => section.title === title);
  assert.is(found.length, 1, `one section is called ${title}`);
  return found[0]!;
}

function textOf(title: string): string {
  return document.split(new RegExp(`^#{2,3} ${title}\n\n`, "m"))[1]!.split(/^#{2,3} /m)[0]!;
}

function tableOf(title: string, head: readonly string[]): Table {
  const table = sectionOf(title).tables.find((each) => each.head.join() === head.join());
  if (table === undefined) throw new Error(`${title} has no table of ${head.join(", ")}`);
  return table;
}

function isChange(method: DescMethod): boolean {
  return method.idempotency !== Level.NO_SIDE_EFFECTS;
}

/** Compares names and types both ways; where limits are wanted, each that the proto has must be in its row. */
function checkFields(message: DescMessage, table: Table, { limits }: { readonly limits: boolean }): void {
  const expected = message.fields.flatMap((field) => [
    [field.name, typeText(field)],
    ...(isSummary(field) ? field.message.fields.map((each) => [`${field.name}[].${each.name}`, typeText(each)]) : []),
  ]);
  assert.equal(
    table.rows.map(([name, type]) => [plain(name!), plain(type!)]),
    expected,
    message.name,
  );
  if (!limits) return;
  for (const field of message.fields) {
    const row = table.rows.find(([name]) => plain(name!) === field.name)!;
    for (const token of limitTokens(field))
      assert.ok(row[2]!.includes(token), `${message.name}.${field.name}: ${token}`);
  }
}

/** What only stands in the answer of one method is told there, field by field. */
function isSummary(field: DescField): field is DescField & { message: DescMessage; fieldKind: "list" } {
  return (
    field.fieldKind === "list" && field.message !== undefined && /(Summary|State|Problem)$/.test(field.message.name)
  );
}

/** The messages that have a table of their own: those of the contract which requests and answers lead to. */
function reachable(from: readonly DescMessage[]): readonly DescMessage[] {
  const found = new Set<DescMessage>();
  const visit = (message: DescMessage) => {
    for (const field of message.fields) {
      const inner = field.message;
      if (inner === undefined || !inner.typeName.startsWith(own) || isSummary(field) || found.has(inner)) continue;
      // An answer within another is told where it is the whole.
      if (methods.some(({ output }) => output === inner)) continue;
      found.add(inner);
      visit(inner);
    }
  };
  from.forEach(visit);
  return [...found];
}

function typeText(field: DescField): string {
  const one = field.message === undefined ? scalarText(field) : messageText(field.message);
  if (field.fieldKind === "list") return `${one}[]`;
  if (field.fieldKind !== "map") return one;
  // Messages have their own names; what has none is told in the plural.
  return `map of ${/^[A-Z]/.test(one) ? one : `${one}s`}`;
}

function messageText({ typeName, name }: DescMessage): string {
  const known: Record<string, string> = { Timestamp: "timestamp", Value: "value", ListValue: "array" };
  return typeName.startsWith("google.protobuf.") ? known[name]! : name;
}

function scalarText({ scalar }: DescField): string {
  if (scalar === ScalarType.INT32) return "integer";
  if (scalar === ScalarType.DOUBLE) return "number";
  return scalar === ScalarType.BOOL ? "boolean" : "string";
}

/** Where nothing may be given, the pattern is that of what is. */
function withoutEmpty(pattern: string): string {
  return pattern.replace(/^\^\((.*)\)\?\$$/, "^$1$");
}

/** Writes a number of bytes as documents do: `16 KiB`, `1 MiB`. */
function sizeText(bytes: number): string {
  const kib = bytes / 1024;
  return kib % 1024 === 0 ? `${kib / 1024} MiB` : `${kib} KiB`;
}

function sorted<T>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (String(a) < String(b) ? -1 : 1));
}
