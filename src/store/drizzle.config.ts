import { defineConfig } from "drizzle-kit";

/** For `drizzle-kit generate --config src/store/drizzle.config.ts`, run from the repository's root. */
export default defineConfig({
  dialect: "postgresql",
  schema: "./src/store/schema.ts",
  out: "./src/store/migrations",
});
