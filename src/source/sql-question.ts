import type { Binding } from "../definition/filter-value.ts";
import type { QueryTemplate } from "../definition/query.ts";

/** What a database is asked: a statement of a datasource, and the values of its placeholders. */
export type SqlQuestion = { readonly template: QueryTemplate; readonly binding: Binding };
