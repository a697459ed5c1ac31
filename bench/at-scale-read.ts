import { type Benchmark, costAtMost } from "./benchmark.ts";
import { measureAtScale, type ScaledWork } from "./scale.ts";

/** Reading what renders, by a dashboard's id, from a store of a million definitions and from one of a thousand. */
export const benchmark: Benchmark = {
  name: "at-scale-read",
  about: "a dashboard's active version read at 1,000,000 definitions of 100,000 tenants, beside 1,000 of 100",
  unit: "us of time, p99 of 2 at once",
  goal: costAtMost(1.3),
  run: (progress) => measureAtScale(read, progress),
};

/** As the service does where it has nothing of the dashboard in memory: which version is active, then that one. */
const read: ScaledWork = async ({ store, nameOf }, at) => {
  const { tenant, dashboardId } = nameOf(at);
  const version = await store.getActiveVersion(tenant, dashboardId);
  const stored = version === undefined ? undefined : await store.getVersion(tenant, dashboardId, version);
  if (stored?.active !== true) throw new Error("there is no such dashboard");
};
