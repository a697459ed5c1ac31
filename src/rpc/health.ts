import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectRouter } from "@connectrpc/connect";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/grpc/health/v1/health_pb.js";
import { fault } from "../errors/fault.ts";

/** Where the health of the services is known. */
export type HealthSource = {
  /** Full names of the services, which are all as healthy as the server. */
  readonly services: readonly string[];
  /** Whether calls are welcome just now. */
  readonly isServing: () => Promise<boolean>;
  /** How often those who watch ask again. The default of 2 s is what balancers use to ask themselves. */
  readonly pollMs?: number;
  /**
   * How many may watch at once; one more sends away whoever has watched longest, who may ask again. The
   * default of 1,000 is more than a fleet has balancers.
   */
  readonly maxWatchers?: number;
  /** Ends those who watch, who would otherwise hold up the end of the server. */
  readonly shutdownSignal?: AbortSignal;
};

/**
 * Adds grpc.health.v1.Health (https://github.com/grpc/grpc/blob/master/doc/health-checking.md), open to
 * everybody: it is asked by orchestrators and balancers. The empty name stands for the server.
 */
export function addHealth(router: ConnectRouter, source: HealthSource): void {
  const { services, isServing, pollMs = 2_000, maxWatchers = 1_000, shutdownSignal } = source;
  const watchers = new Set<AbortController>();
  const names = ["", ...services];
  const statusOf = async (name: string) => {
    if (!names.includes(name)) return Status.SERVICE_UNKNOWN;
    return (await isServing()) ? Status.SERVING : Status.NOT_SERVING;
  };

  router.service(
    Health,
    {
      async check({ service }) {
        const status = await statusOf(service);
        if (status === Status.SERVICE_UNKNOWN) throw fault("NOT_FOUND", "no service of this name is here");
        return { status };
      },
      async list() {
        const status = await statusOf("");
        return { statuses: Object.fromEntries(names.map((name) => [name, { status }])) };
      },
      async *watch({ service }, context) {
        const place = takePlace();
        const signal = AbortSignal.any([context.signal, place.signal]);
        let last: Status | undefined;
        try {
          while (!signal.aborted) {
            const status = await statusOf(service);
            if (status !== last) yield { status };
            last = status;
            await sleep(pollMs, undefined, { signal, ref: false }).catch(() => {});
          }
        } finally {
          watchers.delete(place);
        }
        if (place.signal.aborted) throw fault("OVERLOADED", "too many watch the service's health: ask again");
      },
    },
    { requestGate: () => {}, interceptors: [], readMaxBytes: 16 * 1024, ...(shutdownSignal && { shutdownSignal }) },
  );
  function takePlace(): AbortController {
    const place = new AbortController();
    watchers.add(place);
    const [oldest] = watchers;
    if (oldest !== undefined && watchers.size > maxWatchers) {
      watchers.delete(oldest);
      oldest.abort();
    }
    return place;
  }
}
