import type { Binding } from "../definition/filter-value.ts";
import { bindQuery, type QueryTemplate } from "../definition/query.ts";

type BoundText = ReturnType<typeof bindQuery>;

/**
 * Creates `bindQuery` for one dialect. A query without optional clauses reads the same whatever its values are: it is
 * written once for as long as its template is kept.
 *
 * @param write as that of `bindQuery`
 */
export function createQueryBinding(
  write?: Parameters<typeof bindQuery>[2],
): (template: QueryTemplate, binding: Binding) => BoundText {
  const known = new WeakMap<QueryTemplate, BoundText>();
  return (template, binding) => {
    const written = known.get(template);
    if (written !== undefined) return written;
    const bound = bindQuery(template, binding, write);
    if (!template.clauses.some(({ optional }) => optional)) known.set(template, bound);
    return bound;
  };
}
