import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { parseConfig } from "../../src/config/config.ts";
import { parseTenantRates } from "../../src/limit/parse-tenant-rates.ts";
import { policies } from "../../src/rpc/policy.ts";
import { suite } from "../harness.ts";
import { codesOf, parseSections, plain, readDocument, type Table } from "./markdown.ts";

/** What the documents tell an operator of variables, log lines, commands and limits is what the code has. */
const test = suite("docs for operators");

const root = new URL("../..", import.meta.url).pathname;
const documents = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
const runbook = parseSections(readDocument("docs/runbook.md"));

test("every variable of the configuration is in the runbook, and no other", () => {
  const source = readDocument("src/config/config.ts");
  const read = [...source.matchAll(/(?:text|whole|required)\("([A-Z_]+)"|env\.([A-Z_]+)/g)].map(([, a, b]) => a ?? b);
  const { rows } = tableOf("Variables");
  assert.equal(rows.map(([name]) => plain(name!)).sort(), [...new Set(read)].sort());
});

test("the runbook's defaults are the configuration's", () => {
  const config = parseConfig({}, "/data");
  const defaults: Record<string, string | number> = {
    AUTH_TENANT_CLAIM: config.tenantClaim,
    AUTH_SCOPE_CLAIM: config.scopeClaim,
    AUTH_FILTERS_CLAIM: config.filtersClaim,
    SHARE_MAX_EXPIRES_IN_S: config.shareMaxExpiresInS,
    HOST: config.host,
    PORT: config.port,
    RATE_PER_SECOND: config.rate.perSecond,
    RATE_BURST: config.rate.burst,
    RATE_LINKS_PER_SECOND: config.linksPerSecond,
    RATE_FAILED_TOKENS_PER_SECOND: config.failedTokensPerSecond,
    CACHE_MAX_BYTES: config.cacheMaxBytes,
    REDIS_CACHE_MAX_BYTES: config.redisCacheMaxBytes,
    AUDIT_RETENTION_MONTHS: config.auditRetentionMonths,
  };
  for (const [name, value] of Object.entries(defaults)) {
    const row = tableOf("Variables").rows.find(([variable]) => plain(variable!) === name)!;
    assert.is(plain(row[2]!), `${value}`, name);
  }
});

test("what production requires is what the runbook says", () => {
  const required = tableOf("Variables").rows.filter(([, needed]) => /required|one of/.test(needed!));
  const told = (() => {
    try {
      parseConfig({ NODE_ENV: "production" }, "/data");
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  })();
  const named = new Set(told.match(/\b[A-Z]+(_[A-Z]+)+\b/g));
  assert.equal(required.map(([name]) => plain(name!)).sort(), [...named].sort());
});

test("every line of the log is in the runbook, with its level, and no other", () => {
  const calls = sources().flatMap((file) => [
    ...readFileSync(file, "utf8").matchAll(/\blog\.(info|warn|error)\(([\s\S]*?)\);/g),
  ]);
  const written = calls.map(([, level, call]) => `${level} ${call!.match(/"([^"]*)"[,)\s]*$/)?.[1]}`);
  const documented = tableOf("Log lines").rows.map(([message, level]) => `${level} ${plain(message!)}`);
  assert.equal(documented.sort(), [...new Set(written)].sort());
});

test("every command of npm that a document names exists", () => {
  const { scripts } = JSON.parse(readDocument("package.json")) as { scripts: Record<string, string> };
  const named = [...documents.map((name) => `docs/${name}`), "README.md"].flatMap((name) => [
    ...readDocument(name).matchAll(/npm run (?:-s )?([a-z:-]+)/g),
  ]);
  assert.ok(named.length > 3);
  for (const [, name] of named) assert.ok(name! in scripts, name);
});

test("the example of a file of limits is one", () => {
  const section = runbook.find(({ title }) => title === "Limits of a tenant")!;
  const known = { methods: Object.keys(policies), isTenant: () => true };
  const rates = parseTenantRates(section.blocks.find(({ language }) => language === "json")!.text, known);
  assert.equal(rates.get("acme")?.get("Render"), { perSecond: 50, burst: 100 });
});

test("every limit of the security document is in the file that it names", () => {
  const { rows } = parseSections(readDocument("docs/security.md")).find(({ title }) => title === "Limits")!.tables[0]!;
  assert.ok(rows.length > 25);
  for (const [limit, , where] of rows) {
    for (const part of where!.split("](").slice(1)) {
      const [, path] = /^([^)]+)\)/.exec(part)!;
      const file = readFileSync(join(root, "docs", path!), "utf8");
      const tokens = codesOf(part);
      assert.ok(tokens.length > 0, limit);
      for (const token of tokens) assert.ok(file.includes(token), `${limit}: ${token} is not in ${path}`);
    }
  }
});

test("every file that a document names in backticks with its folder exists", () => {
  for (const name of documents) {
    for (const path of codesOf(readDocument(`docs/${name}`)).filter((code) =>
      /^(src|test|proto)\/[\w./-]+$/.test(code),
    )) {
      assert.ok(existsSync(join(root, path)), `${name}: ${path}`);
    }
  }
});

test.run();

function tableOf(title: string): Table {
  return runbook.find((section) => section.title === title)!.tables[0]!;
}

function sources(): string[] {
  return readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(root, "src", name));
}
