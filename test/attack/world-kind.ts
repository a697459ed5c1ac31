/**
 * What a case can run in. `plain` is the service alone, with limits on rates out of the way; `load` has the real
 * limits, and tenants by the hundred; `source` has a warehouse and upstreams around it, in a network namespace;
 * `fault` has a database and a key set of its own that can be taken away.
 */
export type WorldKind = "plain" | "load" | "source" | "fault";

/** All of them. A case goes to the first in which everything that it needs is there. */
export const worldKinds: readonly WorldKind[] = ["plain", "load", "source", "fault"];
