/**
 * `npm test`: runs the test files in two processes side by side, each of which takes the next file when it is done
 * with one, and in a third one that begins with those that mostly wait; those whose speed counts at the end, alone.
 * `npm test -- store/` runs those whose path holds that text. What a file prints is printed whole when it is done;
 * the last line counts everything.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createCodeCache } from "./fault/code-cache.ts";

/** Two, because more would take the cores from what single tests wait for, even where there are more cores. */
const lanes = 2;

/** Files that wait for half of their time or more, for limits to refill and for what was cut off to come back. */
const waiting = ["attack/load.", "attack/fault.", "fault/outage.", "fault/drain."];

/** Files that take long, the longest first, so that no lane is left with one at the end. All others follow. */
const long = [
  "fault/crash",
  "browser/share-page",
  "attack/attack",
  "attack/sources",
  "fault/start",
  "browser/",
  "fault/",
  "attack/",
  "contract/",
  "isolation/",
  "store/",
  "source/",
];

const alone = (file: string) => file.endsWith("/speed.test.ts");
const waits = (file: string) => waiting.some((start) => file.startsWith(start));

/** Services are started some hundred times. */
const env = { ...process.env, ...createCodeCache() };

const wanted = process.argv[2] ?? "";
const all = globSync("**/*.test.ts", { cwd: import.meta.dirname })
  .filter((file) => file.includes(wanted))
  .sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
const startMs = performance.now();

const idle = all.filter((file) => !alone(file) && waits(file));
const files = all.filter((file) => !alone(file) && !waits(file));
const takes = [[idle, files], ...Array.from({ length: lanes }, () => [files])];
const counts: Count[] = await Promise.all(takes.map(runLane));
const last = all.filter(alone);
counts.push(await runLane([last]));
const [passed, failed, skipped] = [0, 1, 2].map((at) => counts.reduce((sum, count) => sum + count[at]!, 0));
const nothingRan = passed === 0 && failed === 0;
const leftOver = [...idle, ...files, ...last];
if (leftOver.length > 0) console.log(`\nfiles left over: ${leftOver.join(" ")}`);
const lost = leftOver.length + (nothingRan ? 1 : 0);
console.log(`\n${Math.round((performance.now() - startMs) / 1000)} s in ${lanes} lanes and one that waits first`);
console.log(`\n${passed} passed, ${failed! + lost} failed${skipped! > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed! + lost > 0 ? 1 : 0;

function rankOf(file: string): number {
  const at = long.findIndex((start) => file.startsWith(start));
  return at < 0 ? long.length : at;
}

type Count = readonly [passed: number, failed: number, skipped: number];

/** Runs files until none is left, the first queue's before the next one's. A lane that dies has failed at what it was doing. */
async function runLane(queues: readonly string[][]): Promise<Count> {
  const lane = fork(join(import.meta.dirname, "lane.ts"), { stdio: ["ignore", "pipe", "pipe", "ipc"], env });
  process.once("exit", () => lane.kill("SIGKILL"));
  const printed = gatherOutput(lane);
  let file: string | undefined;
  let took = 0;
  lane.on("message", async () => {
    // What it wrote before it asked may still be on its way.
    await setImmediate();
    printed.flush();
    file = queues.find(({ length }) => length > 0)?.shift();
    if (file !== undefined) took += 1;
    if (lane.connected) lane.send(file === undefined ? "" : join(import.meta.dirname, file));
  });
  const [code, signal] = (await once(lane, "close")) as [number | null, string | null];
  const count = printed.flush() ?? (took === 0 && code === 0 ? ([0, 0, 0] as const) : undefined);
  if (count === undefined || file !== undefined) {
    console.log(`\na lane ended (${signal ?? code}) in ${file ?? "between two files"}`);
    const [done, bad, left] = count ?? [0, 0, 0];
    return [done, bad + 1, left];
  }
  return code !== 0 && count[1] === 0 ? [count[0], 1, count[2]] : count;
}

/** Gathers what a lane prints. `flush` prints it, and returns the count if one was its last line. */
function gatherOutput({ stdout, stderr }: ChildProcess): { flush: () => Count | undefined } {
  let text = "";
  for (const stream of [stdout!, stderr!]) {
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      text += chunk;
    });
  }
  return {
    flush() {
      const last = /\n(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\n*$/.exec(text);
      process.stdout.write(last === null ? text : text.slice(0, last.index));
      text = "";
      return last === null ? undefined : [Number(last[1]), Number(last[2]), Number(last[3] ?? 0)];
    },
  };
}
