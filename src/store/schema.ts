import {
  bigint,
  boolean,
  check,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgTable,
  primaryKey,
  sql,
  text,
  timestamp,
} from "./drizzle.ts";

/**
 * The tables. Each leads with `tenant_id`, is closed to other tenants by a row policy that holds for
 * the owner too, and is read and written as `dash_app`, a role that owns nothing. What drizzle-kit
 * cannot say (FORCE ROW LEVEL SECURITY, grants, triggers, functions) is in the custom migrations.
 */

/** The sub-select is evaluated once per statement, where a bare call would be evaluated per row. */
const ownTenant = sql`tenant_id = (select current_setting('app.tenant_id', true))`;

const tenantPolicy = (table: string) => pgPolicy(`${table}_of_tenant`, { using: ownTenant, withCheck: ownTenant });

const bytea = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });
const instant = (name: string) => timestamp(name, { withTimezone: true });

/** What an operator has said of a tenant. A tenant without a row has the defaults. */
export const tenants = pgTable(
  "tenants",
  {
    tenantId: text("tenant_id").primaryKey(),
    limits: jsonb("limits").notNull().default({}),
    suspendedAt: instant("suspended_at"),
  },
  () => [tenantPolicy("tenants")],
);

/**
 * One row per dashboard: which version is active, 0 while it has only a draft. Whatever changes a dashboard
 * queues up on its row. Lists are in the order of bytes, which no database's own collation changes. Their
 * predicates name nothing that a save changes, so that a save touches no index of this table.
 */
export const definitions = pgTable(
  "definitions",
  {
    tenantId: text("tenant_id").notNull(),
    dashboardId: text("dashboard_id").notNull(),
    currentVersion: integer("current_version").notNull(),
    digest: text("digest").notNull(),
    title: text("title").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
    archivedAt: instant("archived_at"),
    /** The last revision that a draft of it had; the next draft counts on from there. */
    draftRevision: integer("draft_revision").notNull().default(0),
    /** Bytes of all its versions, of its draft and of its links' snapshots, which count towards the tenant's quota. */
    storedBytes: bigint("stored_bytes", { mode: "number" }).notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.dashboardId] }),
    index("definitions_live").on(table.tenantId, sql`dashboard_id collate "C"`).where(sql`archived_at is null`),
    index("definitions_archived").on(table.tenantId, sql`dashboard_id collate "C"`).where(sql`archived_at is not null`),
    tenantPolicy("definitions"),
  ],
);

/** Every version ever saved, numbered 1..n without gaps. Rows are never changed nor deleted: a trigger refuses it. */
export const versions = pgTable(
  "versions",
  {
    tenantId: text("tenant_id").notNull(),
    dashboardId: text("dashboard_id").notNull(),
    version: integer("version").notNull(),
    content: text("content").notNull(),
    digest: text("digest").notNull(),
    author: text("author").notNull(),
    note: text("note"),
    createTime: instant("create_time").notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.dashboardId, table.version] }),
    foreignKey({
      name: "versions_of_definition",
      columns: [table.tenantId, table.dashboardId],
      foreignColumns: [definitions.tenantId, definitions.dashboardId],
    }),
    check("versions_count_from_1", sql`version > 0`),
    tenantPolicy("versions"),
  ],
);

/** The one draft that a dashboard may have: it is overwritten until it is published, and then it goes. */
export const drafts = pgTable(
  "drafts",
  {
    tenantId: text("tenant_id").notNull(),
    dashboardId: text("dashboard_id").notNull(),
    content: text("content").notNull(),
    digest: text("digest").notNull(),
    title: text("title").notNull(),
    author: text("author").notNull(),
    note: text("note").notNull(),
    revision: integer("revision").notNull(),
    /** The version that was active when it was begun, 0 for none. */
    baseVersion: integer("base_version").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.dashboardId] }),
    foreignKey({
      name: "drafts_of_definition",
      columns: [table.tenantId, table.dashboardId],
      foreignColumns: [definitions.tenantId, definitions.dashboardId],
    }),
    check("drafts_count_from_1", sql`revision > 0`),
    tenantPolicy("drafts"),
  ],
);

/**
 * Share links. Without a version a link follows the active one; `filters` is a JSON object's text.
 * The indexes of the lists end with the expiry, so that what has expired is passed over within them.
 */
export const shares = pgTable(
  "shares",
  {
    tenantId: text("tenant_id").notNull(),
    shareId: text("share_id").notNull(),
    dashboardId: text("dashboard_id").notNull(),
    version: integer("version"),
    filters: text("filters").notNull(),
    expiresAt: instant("expires_at").notNull(),
    revokedAt: instant("revoked_at"),
    opens: bigint("opens", { mode: "number" }).notNull().default(0),
    lastOpenedAt: instant("last_opened_at"),
    createdBy: text("created_by").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    viewerFilters: text("viewer_filters").array().notNull().default([]),
    frameAncestors: text("frame_ancestors").array().notNull().default([]),
    /** Whether it shows what is kept in `share_snapshots`, until it ends. */
    snapshot: boolean("snapshot").notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.shareId] }),
    index("shares_listed")
      .on(table.tenantId, table.createdAt.desc().nullsFirst(), table.shareId.desc().nullsFirst(), table.expiresAt)
      .where(sql`revoked_at is null`),
    index("shares_listed_of_definition")
      .on(
        table.tenantId,
        table.dashboardId,
        table.createdAt.desc().nullsFirst(),
        table.shareId.desc().nullsFirst(),
        table.expiresAt,
      )
      .where(sql`revoked_at is null`),
    foreignKey({
      name: "shares_of_definition",
      columns: [table.tenantId, table.dashboardId],
      foreignColumns: [definitions.tenantId, definitions.dashboardId],
    }),
    foreignKey({
      name: "shares_of_version",
      columns: [table.tenantId, table.dashboardId, table.version],
      foreignColumns: [versions.tenantId, versions.dashboardId, versions.version],
    }),
    tenantPolicy("shares"),
  ],
);

/** What links show for ever: the HTML of the moment in which they were made, gzipped, until they have ended. */
export const shareSnapshots = pgTable(
  "share_snapshots",
  {
    tenantId: text("tenant_id").notNull(),
    shareId: text("share_id").notNull(),
    content: bytea("content").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.shareId] }),
    foreignKey({
      name: "share_snapshots_of_share",
      columns: [table.tenantId, table.shareId],
      foreignColumns: [shares.tenantId, shares.shareId],
    }),
    tenantPolicy("share_snapshots"),
  ],
);

/** The answers of mutating calls, by the caller's request id, until they expire. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    tenantId: text("tenant_id").notNull(),
    method: text("method").notNull(),
    key: text("key").notNull(),
    fingerprint: text("fingerprint").notNull(),
    answer: bytea("answer").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.method, table.key] }),
    index("idempotency_keys_expires_at").on(table.expiresAt),
    tenantPolicy("idempotency_keys"),
  ],
);

/**
 * Ways to tenants' data. A deleted one keeps its row without settings and secret, so that the revisions of its
 * name go on counting. Whoever changes one holds a lock of its tenant.
 */
export const connections = pgTable(
  "connections",
  {
    tenantId: text("tenant_id").notNull(),
    name: text("name").notNull(),
    kind: text("kind"),
    settings: text("settings"),
    /** Sealed: a JWE in its compact form. */
    secret: text("secret"),
    revision: integer("revision").notNull(),
    updatedBy: text("updated_by").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
    deletedAt: instant("deleted_at"),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.name] }),
    index("connections_live").on(table.tenantId, sql`name collate "C"`).where(sql`deleted_at is null`),
    check("connections_count_from_1", sql`revision > 0`),
    check(
      "connections_are_wiped",
      sql`case when deleted_at is null then kind is not null and settings is not null
        else kind is null and settings is null and secret is null end`,
    ),
    tenantPolicy("connections"),
  ],
);
