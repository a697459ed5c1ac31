import { noRedis, startRedis } from "../redis/server.ts";
import { type ServiceProcess, startServiceProcess } from "./service-process.ts";

/** Processes of the service beside each other, and whether they count rates together. */
export type Replicas = { readonly services: readonly ServiceProcess[]; readonly shareLimits: boolean };

/** Starts processes of the service when they are first asked for, and ends them. */
export type ReplicaStarter = { start(count: number): Promise<Replicas>; stop(): Promise<void> };

/**
 * Creates the starter. Without a Redis on the machine the one process that there is becomes the first of them, and
 * each counts for itself.
 */
export function createReplicaStarter(env: Readonly<Record<string, string>>, first: ServiceProcess): ReplicaStarter {
  const started: ServiceProcess[] = [];
  let redis: ReturnType<typeof startRedis> | undefined;
  return {
    async start(count) {
      if (noRedis === undefined) redis ??= startRedis();
      const more: Record<string, string> = redis === undefined ? {} : { REDIS_URL: (await redis).url };
      const own = redis === undefined ? [first] : [];
      while (own.length + started.length < count) started.push(await startServiceProcess({ ...env, ...more }));
      return { services: [...own, ...started].slice(0, count), shareLimits: redis !== undefined };
    },
    async stop() {
      for (const service of started) await service.stop();
      await (await redis)?.close();
    },
  };
}
