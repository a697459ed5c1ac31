import { createRequire } from "node:module";

/**
 * What the store uses of Drizzle, in its form for `require`: Node reads a package's whole package.json again for
 * each of its ES modules, and Drizzle has 108 of them and 180 kB of that, which made 0.7 s of every start.
 */
const require = createRequire(import.meta.url);
const orm: typeof import("drizzle-orm") = require("drizzle-orm");
const core: typeof import("drizzle-orm/pg-core") = require("drizzle-orm/pg-core");
const driver: typeof import("drizzle-orm/postgres-js") = require("drizzle-orm/postgres-js");
const migrator: typeof import("drizzle-orm/postgres-js/migrator") = require("drizzle-orm/postgres-js/migrator");

/** Conditions, orders and text of queries. */
export const { and, asc, desc, eq, gt, gte, isNotNull, isNull, lt, sql } = orm;

/** The words of which `schema.ts` is made. */
export const {
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
  text,
  timestamp,
} = core;

/** Makes a database of a connection of postgres.js. */
export const { drizzle } = driver;

/** Brings a database up to the migrations of a folder. */
export const { migrate } = migrator;
