import { hash } from "node:crypto";
import type { Redis } from "ioredis";

/** Lua that runs inside Redis, as one step between all others. */
export type Script = {
  /** Runs it; by its digest, and by its text where Redis does not know it yet. */
  run(redis: Redis, keys: readonly string[], args: readonly (string | number | Buffer)[]): Promise<unknown>;
};

/** Creates a script. */
export function createScript(lua: string): Script {
  const digest = hash("sha1", lua);
  return {
    async run(redis, keys, args) {
      try {
        return await redis.evalsha(digest, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
        return redis.eval(lua, keys.length, ...keys, ...args);
      }
    },
  };
}
