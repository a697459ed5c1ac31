/** An instant, bound as the source's own timestamp type. */
type Instant = {
  readonly kind: "instant";
  readonly epochMs: number;
  /** What it is called where it moves on with the time, as `last 30 day` does. */
  readonly rolling?: string;
};

/** A calendar date, `YYYY-MM-DD`, bound as the source's own date type. */
type CalendarDate = { readonly kind: "date"; readonly iso: string };

/** One value of a filter. Numbers are finite and never -0. */
export type Scalar = string | number | boolean | Instant | CalendarDate;

/** What a placeholder stands for; null where its filter is unset. A list holds one type only. */
export type BoundValue = Scalar | null | readonly Scalar[];

/** Whether what is bound is a list. */
export function isList(bound: Scalar | readonly Scalar[]): bound is readonly Scalar[] {
  return Array.isArray(bound);
}

/**
 * Values by placeholder name, without the colon. It has no prototype, so that a filter may be
 * called `constructor`.
 */
export type Binding = Readonly<Record<string, BoundValue>>;

/** Makes a binding of its entries. */
export function createBinding(entries: Iterable<readonly [string, BoundValue]>): Binding {
  const binding: Record<string, BoundValue> = Object.create(null);
  for (const [name, value] of entries) binding[name] = value;
  return binding;
}

/**
 * Returns a text for the binding that no other binding has: `1`, `"1"` and `true` differ, no text
 * inside a value can pass for structure, and the order of the entries does not count. An instant that
 * moves on with the time goes by its name, so that what was kept for it is found a moment later: how
 * old that may be is for its keeper to say.
 */
export function bindingKey(binding: Binding): string {
  const names = Object.keys(binding).sort();
  return JSON.stringify(names.map((name) => [name, withoutTime(binding[name]!)]));
}

function withoutTime(bound: BoundValue): BoundValue | { readonly rolling: string } {
  const isRolling = typeof bound === "object" && bound !== null && "rolling" in bound && bound.rolling !== undefined;
  return isRolling ? { rolling: bound.rolling } : bound;
}
