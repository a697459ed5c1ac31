import { setTimeout as sleep } from "node:timers/promises";
import { jsonOf } from "../http-response.ts";
import { constants } from "../variables.ts";
import { renderBenign } from "./benign.ts";
import { everyResponse, type Properties } from "./property.ts";

/** How long a service may take to be well again. */
const recoveryMs = 10_000;

/** Properties of what a fault leaves behind, and of what is shown in the middle of it. */
export const faultProperties: Properties = {
  recovers:
    ({ world }) =>
    async () => {
      const untilMs = performance.now() + recoveryMs;
      for (;;) {
        const problem = await renderBenign(world).then(
          () => undefined,
          ({ message }) => message as string,
        );
        if (problem === undefined || performance.now() > untilMs) return problem;
        await sleep(50);
      }
    },
  stale_marker: everyResponse("nothing says that it is stale", (response) => {
    const { html, panels } = jsonOf(response) ?? {};
    const says = (panels as readonly { readonly stale: boolean }[] | undefined)?.some(({ stale }) => stale);
    return says === true && `${html}`.includes("Delayed, updated");
  }),
  ttl_s_small: everyResponse("fresh for more than 10 s", (response) => Number(jsonOf(response)?.ttl_s) <= 10),
  not_cached_full_ttl: everyResponse("a partial page is fresh for more than 5 s", (response) => {
    const { partial, ttl_s } = jsonOf(response) ?? {};
    return partial !== true || Number(ttl_s) <= 5;
  }),
  acked_readable:
    ({ world }) =>
    async ({ steps }) => {
      const outcomes = steps.flatMap((step) => step.outcomes).filter(({ path }) => path === constants.DEFS);
      let acknowledged = 0;
      for (const { json, response } of outcomes) {
        if (response?.status !== 200) continue;
        acknowledged += 1;
        const id = `${json?.dashboard_id}`;
        if (!(await world.database.hasVersion(id, Number(jsonOf(response)?.version)))) return `${id} is lost`;
      }
      return acknowledged > 0 ? undefined : "nothing was acknowledged";
    },
  no_half_state:
    ({ world }) =>
    async () => {
      const halves = await world.database.halves();
      return halves === 0 ? undefined : `${halves} things are there by half`;
    },
};
