/** What `npm run -s tenant -- --help` prints. */
export const usage = `usage: npm run -s tenant -- COMMAND

  list [--json]                 all tenants that anything is kept of, and what they have
  limits TENANT [--json]        what a tenant has, and how much it may have
  limits TENANT [--dashboards N] [--bytes SIZE] | --default
                                sets its quotas, SIZE such as 500MiB or 1GiB; --default takes back what was set
  suspend TENANT                within a second its calls are refused, and its links dead
  resume TENANT                 ends a suspension
  export TENANT --out FILE      everything of a tenant in one file, gzipped lines of JSON
  purge TENANT --yes-delete-everything-of TENANT
                                suspends a tenant and deletes everything of it, for ever

It works on the database at DATABASE_MIGRATE_URL, as its owner, or on that of DATA_DIR; the service may run
meanwhile. Files of tenants are in FILES_DIR. It exits with 0 when all was done, with 1 when something went wrong,
and with 2 when it was not told what to do.`;

/** An Error for whoever called: it was not told what to do. */
export class UsageError extends Error {}
