import type { Part, Step } from "../corpus.ts";
import type { Outcome } from "../record.ts";
import { constants } from "../variables.ts";
import type { StepKind } from "./step-kind.ts";

/**
 * Publishes a dashboard for each text that a definition may hold, with the value in its place, and renders it where it
 * was taken. A value that is refused for its length is tried again as long as a field may be. A render whose query is
 * no good any more says so by 503, which is not what such a case is about.
 */
export const foreachPoint: StepKind = {
  fields: ["value", "limit"],
  async run(scope, step) {
    const { templates, points } = scope.world.vocabulary;
    const outcomes: Outcome[] = [];
    for (const point of Object.keys(points)) {
      if (points[point]!.raw === true) continue;
      const template = Object.keys(templates).find((name) => usableIn(templates, name, point));
      if (template === undefined) continue;
      const values = [
        step.value!,
        ...(step.limit === undefined ? [] : fieldLengths.map((n) => shorter(step.value!, n))),
      ];
      for (const value of values) {
        const save = `point_${point}`;
        const publish: Step = { do: "publish", template, inject: { [point]: value }, save };
        const record = await scope.run(scope, publish);
        outcomes.push(...record.outcomes);
        if (record.outcomes.at(-1)?.response?.status !== 200) continue;
        const body = JSON.stringify({ dashboard_id: scope.variables[save], filters: {} });
        const headers = { "content-type": "application/json" };
        const render: Step = {
          do: "http",
          method: "POST",
          path: constants.RENDER as string,
          auth: "A",
          headers,
          body: [body],
        };
        const rendered = await scope.run(scope, render);
        outcomes.push(...rendered.outcomes.filter(({ response }) => response?.status !== 503));
        break;
      }
    }
    if (outcomes.length === 0) throw new Error("there is no point into which anything can be put");
    return { step, outcomes };
  },
};

/** The longest that fields of different kinds may be, the longest first. */
const fieldLengths = [4_096, 2_048, 1_024, 500, 200, 128, 64];

function shorter(value: string | readonly Part[], n: number): string | readonly Part[] {
  if (typeof value === "string") return value.slice(0, n);
  const tail = value.slice(1).reduce((sum, part) => sum + (typeof part === "string" ? part.length : 0), 0);
  return value.map((part) => (typeof part === "object" && "repeat" in part ? { ...part, n: n - tail } : part));
}

/** Templates whose datasources lead elsewhere need a world that has them. */
function usableIn(templates: Readonly<Record<string, object>>, name: string, point: string): boolean {
  const text = JSON.stringify(templates[name]);
  return (
    text.includes(`\${${point}}`) && !/_CONNECTION\}/.test(text) && !Object.hasOwn(templates, `${name}-connection`)
  );
}
