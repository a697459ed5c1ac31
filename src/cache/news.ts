/** What may change: which version of a dashboard is active, a link, a connection, whether a tenant is suspended. */
export type Changed = "dashboard" | "link" | "connection" | "tenant";

/** News of what was changed, so that whoever remembers how it was forgets that. */
export type News = {
  /**
   * Says that a tenant's thing was changed, after that is done; the tenant itself has no id. Whoever is here is told
   * before this returns.
   */
  tell(what: Changed, tenant: string, id: string): void;
  /** Has something done at each change, here or elsewhere. News from elsewhere come soon, and may be lost. */
  hear(what: Changed, forget: (tenant: string, id: string) => void): void;
};

/** Creates news that stay in this process. */
export function createNews(): News {
  const heard = new Map<Changed, ((tenant: string, id: string) => void)[]>();
  return {
    tell(what, tenant, id) {
      for (const forget of heard.get(what) ?? []) forget(tenant, id);
    },
    hear(what, forget) {
      heard.set(what, [...(heard.get(what) ?? []), forget]);
    },
  };
}
