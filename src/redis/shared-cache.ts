import type { Redis } from "ioredis";
import type { CacheKey } from "../cache/byte-cache.ts";
import type { SharedCache } from "../cache/shared-cache.ts";
import type { Log } from "../log/log.ts";
import { keepScript } from "./keep-script.ts";
import type { Link } from "./link.ts";
import { keyPrefix } from "./prefix.ts";
import { sealBytes, type Vault } from "./vault.ts";

const prefix = `${keyPrefix}cache:`;

/** What an entry takes in Redis beside its value: its name in five places, as measured with Redis 7. */
const entryBytes = 1_024;

/** A value that is larger holds up everybody else's on the line. */
const maxValueBytes = 4 * 1024 * 1024;

/** What waits to be written at most; beyond it nothing is shared, because it is kept here meanwhile. */
const maxWaitingBytes = 16 * 1024 * 1024;

/** Before the bytes stands when they end, in epoch milliseconds of whoever put them: a double, little end first. */
const headBytes = 8;

/**
 * Creates the cache in Redis. It holds at most `maxBytes`, bookkeeping counted, of which one tenant has at most half;
 * what was put longest ago goes first. A value of more than 4 MiB, or a quarter of all, is not shared. Values are
 * sealed, so that whoever can read or write Redis can neither read tenants' data nor put any into a page.
 */
export function createSharedCache(options: {
  readonly link: Link;
  readonly vault: Vault;
  readonly maxBytes: number;
  readonly now: () => number;
  readonly log: Log;
}): SharedCache {
  const { link, vault, maxBytes, now, log } = options;
  const mostBytes = Math.min(maxValueBytes, maxBytes / 4);
  let waitingBytes = 0;

  const write = async (key: CacheKey, untilMs: number, toBytes: () => Uint8Array) => {
    const bytes = toBytes();
    const size = bytes.length + headBytes + sealBytes + entryBytes;
    if (size > mostBytes || waitingBytes + size > maxWaitingBytes) return;
    const name = vault.name(key);
    const head = Buffer.alloc(headBytes);
    head.writeDoubleLE(untilMs);
    const value = vault.seal(name, Buffer.concat([head, bytes]));
    const ttlMs = Math.floor(untilMs - now());
    if (ttlMs <= 0) return;
    waitingBytes += size;
    await link.give((redis) => keepScript.run(redis, [prefix], [name, value, size, ttlMs, maxBytes]));
    waitingBytes -= size;
  };

  return {
    async get(key) {
      if (!link.isUp()) return undefined;
      const name = vault.name(key);
      const found = await link.ask((redis) => read(redis, `${prefix}value:${name}`));
      const opened = found && vault.open(name, found.sealed);
      if (opened === undefined || opened.length < headBytes) return undefined;
      const leftMs = Math.min(found!.ttlMs, opened.readDoubleLE() - now());
      return leftMs > 0 ? { bytes: opened.subarray(headBytes), leftMs } : undefined;
    },
    put(key, leftMs, toBytes) {
      const untilMs = now() + leftMs;
      if (!link.isUp() || !(leftMs > 0)) return;
      setImmediate(() => {
        write(key, untilMs, toBytes).catch((error: unknown) => log.error({ error }, "a result could not be shared"));
      });
    },
  };
}

/** Reads a value and for how long it will be there, which is nothing for one that somebody else put for ever. */
async function read(redis: Redis, key: string): Promise<{ sealed: Buffer; ttlMs: number } | undefined> {
  const [sealed, ttlMs] = await Promise.all([redis.getBuffer(key), redis.pttl(key)]);
  return sealed === null ? undefined : { sealed, ttlMs };
}
