import * as assert from "uvu/assert";
import { parse } from "yaml";
import { codesOf, headingToAnchor, parseSections, readDocument } from "../docs/markdown.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { parseScrape } from "./scrape.ts";

/** What the documents say of metrics is what is scraped. */
const test = suite("documents of metrics");

const service = await startTestService({ ADMIN_PORT: "0" });
await service.post("/render", { dashboard_id: "absent" });
const scraped = parseScrape(await (await fetch(`${service.adminUrl}/metrics`)).text());
await service.close();

const families = scraped.types;
/** Each family, and the series that a histogram has in its place. */
const series = new Set(
  [...families].flatMap(([name, type]) =>
    type === "histogram" ? ["bucket", "sum", "count"].map((part) => `${name}_${part}`) : [name],
  ),
);
const sections = parseSections(readDocument("docs/runbook.md"));
const { rows } = sections.find(({ title }) => title === "Metrics")!.tables[0]!;

type Rule = {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: { readonly severity: string };
  readonly annotations?: { readonly summary: string; readonly runbook: string };
};
const { groups } = parse(readDocument("docs/alerts.yaml")) as { groups: { name: string; rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);
const recorded = new Set(rules.flatMap(({ record }) => record ?? []));

type Panel = {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: { readonly expr: string; readonly refId: string }[];
};
const grafana = JSON.parse(readDocument("docs/grafana-dashboard.json")) as {
  readonly panels: Panel[];
  readonly templating: { readonly list: { readonly name: string; readonly type: string; readonly query: string }[] };
};
const panels = grafana.panels.filter(({ type }) => type !== "row");

test("the runbook's table has every metric that is scraped, and no other", () => {
  assert.equal(rows.flatMap(([names]) => codesOf(names!)).sort(), [...families.keys()].sort());
});

test("the labels in the table are those that are scraped", () => {
  const known = new Map<string, Set<string>>();
  for (const { name, labels } of scraped.samples) {
    const family = families.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "");
    const own = known.get(family) ?? new Set<string>();
    known.set(family, own);
    for (const label of Object.keys(labels)) if (label !== "le") own.add(label);
  }
  for (const [names, labels] of rows) {
    for (const name of codesOf(names!)) {
      const found = known.get(name);
      // What has not happened yet has no samples.
      if (found !== undefined) assert.equal([...found].sort(), [...codesOf(labels!)].sort(), name);
    }
  }
});

test("every metric of an alert is scraped, or recorded by a rule before it", () => {
  for (const { expr } of rules) {
    const names = metricsOf(expr);
    assert.ok(names.length > 0, expr);
    for (const name of names) assert.ok(isKnown(name), name);
  }
});

test("each alert says how bad it is, what is wrong, and where the runbook tells what to do", () => {
  const anchors = new Set(sections.map(({ title }) => headingToAnchor(title)));
  assert.ok(alerts.length > 10);
  for (const { alert, labels, annotations } of alerts) {
    assert.ok(["page", "ticket"].includes(labels!.severity), alert);
    assert.ok(annotations!.summary.length > 10, alert);
    assert.is(annotations!.runbook, `runbook.md#${alert!.toLowerCase()}`);
    assert.ok(anchors.has(alert!.toLowerCase()), alert);
  }
});

test("each alert that the runbook names is there, and named once", () => {
  const titles = sections.map(({ title }) => title).filter((title) => /^Dashboards[A-Z]/.test(title));
  assert.equal(titles.sort(), alerts.map(({ alert }) => alert!).sort());
});

test("expressions are whole: brackets close, ranges are durations, quotes end", () => {
  const panelExpressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  for (const expr of [...rules.map((rule) => rule.expr), ...panelExpressions]) {
    const bare = expr.replace(/"(?:[^"\\]|\\.)*"/g, '""');
    for (const [open, close] of ["()", "{}", "[]"].map((pair) => [...pair] as [string, string])) {
      assert.is(bare.split(open).length, bare.split(close).length, expr);
    }
    for (const [, range] of bare.matchAll(/\[([^\]]*)\]/g)) assert.match(range!, /^(\d+[smhd]|\$__rate_interval)$/);
    // Rates are of counters, whose sums and parts have no meaning otherwise.
    for (const [, name] of bare.matchAll(/\b(?:rate|increase)\((\w+)/g))
      assert.match(name!, /_(total|bucket|sum|count)$/);
  }
});

test("every metric of a panel of the Grafana dashboard is scraped", () => {
  assert.ok(panels.length > 15);
  for (const { title, targets = [] } of panels) {
    assert.ok(targets.length > 0, title);
    for (const { expr } of targets) {
      const names = metricsOf(expr);
      assert.ok(names.length > 0, expr);
      for (const name of names) assert.ok(isKnown(name), `${title}: ${name}`);
    }
  }
});

test("the Grafana dashboard's panels have ids of their own, their source is chosen, and none lies on another", () => {
  assert.is(new Set(grafana.panels.map(({ id }) => id)).size, grafana.panels.length);
  assert.ok(grafana.templating.list.some(({ type, query }) => type === "datasource" && query === "prometheus"));
  for (const panel of panels) assert.is(panel.datasource!.uid, ["$", "{datasource}"].join(""));
  for (const { gridPos: a, id } of grafana.panels) {
    assert.ok(a.x + a.w <= 24);
    for (const { gridPos: b, id: other } of grafana.panels) {
      const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
      assert.ok(id === other || apart, `${id} and ${other}`);
    }
  }
});

test("each metric of ours is shown or watched somewhere", () => {
  const used = new Set([
    ...rules.flatMap(({ expr }) => metricsOf(expr)),
    ...panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsOf(expr))),
  ]);
  const own = [...families.keys()].filter((name) => name.startsWith("dashboards_"));
  assert.equal(
    own.filter((name) => ![...used].some((each) => each === name || each.startsWith(`${name}_`))),
    [],
  );
});

test.run();

/** Prometheus makes `up` itself. */
function isKnown(name: string): boolean {
  return series.has(name) || recorded.has(name) || name === "up";
}

/** Returns the names in an expression that are none of PromQL's words, labels, or text. */
function metricsOf(expr: string): string[] {
  const bare = expr
    .replace(/"(?:[^"\\]|\\.)*"/g, "")
    .replace(/\{[^}]*\}/g, "")
    .replace(/\[[^\]]*\]/g, "")
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, "");
  const words = bare.match(/[a-zA-Z_:][\w:]*(?!\w*\s*\()/g) ?? [];
  return words.filter((word) => !["and", "or", "unless", "bool", "by"].includes(word));
}
