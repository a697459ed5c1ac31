import type { JsonObject } from "@bufbuild/protobuf";

/** The id that every tenant's board is saved under. */
export const boardId = "board";

const panelsOfRows: readonly JsonObject[] = [
  { line: { x: "at", y: ["amount"], series: "region" } },
  { area: { x: "at", y: ["amount"], series: "region" } },
  { bar: { x: "region", y: ["amount"] } },
  { table: {} },
];

/**
 * Returns the board of a tenant: twelve panels, eleven of rows of its own. The twelfth shows rows by `salt`, of which
 * there are none with any salt that is asked for: each salt is a render of its own, in full.
 */
export function saltedBoard(tenant: number): JsonObject {
  const panels = Array.from({ length: 11 }, (_, at): JsonObject => {
    return { title: `Panel ${at + 1}`, datasource: "rows", ...panelsOfRows[at % panelsOfRows.length] };
  });
  const startMs = Date.UTC(2026, 5, 18);
  const rows = Array.from({ length: 48 }, (_, at) => [
    new Date(startMs + Math.floor(at / 2) * 3_600_000).toISOString(),
    at % 2 === 0 ? "IN" : "US",
    ((tenant * 48 + at) * 7_919) % 997,
  ]);
  return {
    dashboard_id: boardId,
    layout: { title: `Tenant ${tenant}`, panels: [...panels, { title: "Salt", datasource: "salt", table: {} }] },
    datasources: [
      { id: "rows", inline: { columns: [{ name: "at", type: "time" }, { name: "region" }, { name: "amount" }], rows } },
      { id: "salt", inline: { columns: [{ name: "salt" }], rows: [["none"]] } },
    ].map((datasource) => ({ ...datasource, ttl_s: longTtlS })),
  };
}

/** As long as it may be: what is drawn is kept until there is no room for it. */
const longTtlS = 86_400;

/** Returns the body that asks for a board's render with a salt. */
export function renderOf(salt: string): string {
  return JSON.stringify({ dashboard_id: boardId, filters: { salt } });
}
