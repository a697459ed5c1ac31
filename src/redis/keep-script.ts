import { createScript } from "./script.ts";

/**
 * Keeps a value under a bound, and forgets what was put longest ago to make room: first the tenant's own, of which
 * there is at most half, then anybody's. KEYS[1] is what all its keys begin with; the arguments are the value's
 * name (a tenant's 22 characters first), the value, the bytes that it counts for, its time to live in milliseconds
 * and the bound. Answers 1, or 0 where there is no room yet: one run forgets 200 entries at most, because nobody
 * else is answered meanwhile.
 *
 * `value:<name>` has a value, `sizes` what each counts for, `bytes` their sums by tenant and in all, `ends` the
 * names by when they expire, `ages` and `ages:<tenant>` by when they were put. Should Redis itself have evicted some
 * of these, the books are closed and begun anew.
 */
export const keepScript = createScript(`
local at, name, size, ttl, bound = KEYS[1], ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local tenant = string.sub(name, 1, 22)
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local left = 200

local function sum(whose) return tonumber(redis.call('HGET', at .. 'bytes', whose) or '0') end

local function add(whose, bytes)
  if redis.call('HINCRBY', at .. 'bytes', whose, bytes) <= 0 then redis.call('HDEL', at .. 'bytes', whose) end
end

local function forget(old)
  local whose = string.sub(old, 1, 22)
  left = left - 1
  redis.call('UNLINK', at .. 'value:' .. old)
  redis.call('ZREM', at .. 'ends', old)
  redis.call('ZREM', at .. 'ages', old)
  redis.call('ZREM', at .. 'ages:' .. whose, old)
  local bytes = redis.call('HGET', at .. 'sizes', old)
  if bytes then
    redis.call('HDEL', at .. 'sizes', old)
    add(whose, -bytes)
    add('all', -bytes)
  end
end

local function makeRoom(whose, ages, most)
  while sum(whose) + size > most do
    local oldest = redis.call('ZRANGE', ages, 0, 0)[1]
    if not oldest then
      if whose ~= 'all' then add('all', -sum(whose)) end
      redis.call('HDEL', at .. 'bytes', whose)
    elseif left <= 0 then
      return false
    else
      forget(oldest)
    end
  end
  return true
end

for _, ended in ipairs(redis.call('ZRANGEBYSCORE', at .. 'ends', '-inf', now / 1000, 'LIMIT', 0, 100)) do
  forget(ended)
end
forget(name)
if not makeRoom(tenant, at .. 'ages:' .. tenant, bound / 2) then return 0 end
if not makeRoom('all', at .. 'ages', bound) then return 0 end
redis.call('SET', at .. 'value:' .. name, ARGV[2], 'PX', ttl)
redis.call('HSET', at .. 'sizes', name, size)
redis.call('ZADD', at .. 'ends', now / 1000 + ttl, name)
redis.call('ZADD', at .. 'ages', now, name)
redis.call('ZADD', at .. 'ages:' .. tenant, now, name)
add(tenant, size)
add('all', size)
return 1
`);
