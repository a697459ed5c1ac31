import { type Benchmark, costAtMost } from "./benchmark.ts";
import { numberedJson, numberMark } from "./definition-json.ts";
import { prepareSave, savePrepared } from "./definition-save.ts";
import { measureAtScale, type ScaledWork } from "./scale.ts";

/** Saving the next version of a dashboard, in a store of a million definitions and in one of a thousand. */
export const benchmark: Benchmark = {
  name: "at-scale-save",
  about:
    "a save with idempotency key, both with none before, at 1,000,000 definitions of 100,000 tenants, beside 1,000",
  unit: "us of time, p99 of 2 at once",
  goal: costAtMost(1.3),
  run: (progress) => measureAtScale(save, progress),
};

let saves = 0;

const save: ScaledWork = ({ store, nameOf }, at) => {
  const { tenant, dashboardId } = nameOf(at);
  saves += 1;
  return savePrepared(
    store.saveOnce,
    prepareSave(tenant, dashboardId, numberedJson.replace(numberMark, `of save ${saves}`)),
  );
};
