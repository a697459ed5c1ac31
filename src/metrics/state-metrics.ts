import type { Metric } from "./metric.ts";

/** Whether the service and what it stands on are there. */
export type State = {
  readonly ready: boolean;
  readonly database?: "up" | "down";
  /** Absent where there is no Redis. */
  readonly redis?: "up" | "down";
  /** Absent until its keys were read from it. */
  readonly issuer?: "up" | "down";
};

/** Returns the metrics of what is there, as `/readyz` tells it, and of which release runs. */
export function stateMetrics(state: () => Promise<State>, version: string): readonly Metric[] {
  const isUp = (name: "database" | "redis" | "issuer") => async () => {
    const known = (await state())[name];
    return known === undefined ? [] : [{ value: known === "up" ? 1 : 0 }];
  };
  return [
    {
      name: "dashboards_ready",
      help: "Whether traffic is welcome.",
      type: "gauge",
      read: async () => [{ value: (await state()).ready ? 1 : 0 }],
    },
    {
      name: "dashboards_database_up",
      help: "Whether the database answers.",
      type: "gauge",
      read: isUp("database"),
    },
    {
      name: "dashboards_redis_up",
      help: "Whether Redis answers; absent without REDIS_URL.",
      type: "gauge",
      read: isUp("redis"),
    },
    {
      name: "dashboards_issuer_up",
      help: "Whether the issuer's keys could be read when that was last tried; absent until then, and where they are in a file.",
      type: "gauge",
      read: isUp("issuer"),
    },
    {
      name: "dashboards_build_info",
      help: "1, labelled with the release and Node's version.",
      type: "gauge",
      read: () => [{ labels: { version, node: process.version }, value: 1 }],
    },
  ];
}
