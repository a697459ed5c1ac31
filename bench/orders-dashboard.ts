import { type BenchService, warehouseHost } from "./bench-service.ts";
import { post } from "./post.ts";
import type { BenchWarehouse } from "./warehouse.ts";

/** The id of the dashboard of orders. */
export const ordersDashboard = "orders";

/** What a panel shows, and what it asks; `$1` differs in each render. */
type OrderQuery = { readonly kind: "line" | "area" | "bar" | "table" | "stat"; readonly sql: string };

/** What the panels ask, each of some days of orders. */
export const orderQueries: readonly OrderQuery[] = [
  { kind: "line", sql: sumBy("date_trunc('day', at)", "amount", 0) },
  { kind: "area", sql: sumBy("date_trunc('day', at)", "latency_ms", 1) },
  { kind: "bar", sql: sumBy("region", "amount", 2) },
  { kind: "line", sql: sumBy("date_trunc('hour', at)", "amount", 3) },
  { kind: "bar", sql: sumBy("product", "amount", 0) },
  { kind: "stat", sql: `select sum(amount) as value from orders ${days(1)}` },
  { kind: "area", sql: sumBy("date_trunc('day', at)", "amount", 2) },
  {
    kind: "table",
    sql: `select region, count(*) as value, avg(amount) as mean from orders ${days(3)} group by region`,
  },
  { kind: "line", sql: sumBy("date_trunc('hour', at)", "latency_ms", 0) },
  { kind: "stat", sql: `select avg(latency_ms) as value from orders ${days(1)}` },
  { kind: "bar", sql: sumBy("extract(hour from at)", "amount", 2) },
  { kind: "line", sql: sumBy("date_trunc('day', at)", "latency_ms", 3) },
];

/** Saves the dashboard that asks them of the warehouse, each a panel; its filter `least` is what they bind. */
export async function saveOrdersDashboard({ api, token }: BenchService, { login }: BenchWarehouse): Promise<void> {
  const { password, ...postgres } = login;
  const connection = { postgres: { host: warehouseHost, ...postgres, tls: "off" }, secret: { password } };
  await post(`${api}/connections`, token, { name: "warehouse", ...connection });
  const shown = { line: {}, area: {}, bar: {}, stat: { value: "value" }, table: {} };
  const drawn = { x: "along", y: ["value"] };
  await post(`${api}/definitions`, token, {
    dashboard_id: ordersDashboard,
    layout: {
      title: "Orders",
      panels: orderQueries.map(({ kind }, at) => ({
        ...{ title: `Panel ${at + 1}`, datasource: `d${at}` },
        [kind]: kind === "stat" || kind === "table" ? shown[kind] : drawn,
      })),
    },
    datasources: orderQueries.map(({ sql }, at) => ({
      id: `d${at}`,
      sql: { connection: "warehouse", query: sql.replaceAll("$1::numeric", ":least::numeric") },
    })),
  });
}

function sumBy(along: string, value: string, from: number): string {
  return `select ${along} as along, sum(${value}) as value from orders ${days(from)} group by 1 order by 1`;
}

/** Some days of orders, of those above an amount. */
function days(from: number): string {
  return `where id >= ${from * 20_000} and id < ${from * 20_000 + 1_500} and amount >= $1::numeric`;
}
