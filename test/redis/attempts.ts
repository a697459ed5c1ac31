import { setTimeout as sleep } from "node:timers/promises";

/**
 * Tries until one attempt holds, five times at most, and throws what the last one threw. On a busy machine Redis
 * may take longer than replicas wait for it; then each of them goes on alone for a second, as it should.
 */
export async function inOneAttempt(act: (attempt: number) => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act(attempt);
    } catch (error) {
      if (attempt === 5) throw error;
      await sleep(1_100);
    }
  }
}
