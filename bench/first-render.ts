import { cpuMsOf } from "../test/load/process-figures.ts";
import type { DataFolder, RunningService } from "../test/process.ts";
import type { Round } from "./benchmark.ts";
import { boardId, saltedBoard } from "./salted-board.ts";

const starts = 9;

/** How long a start took, and how much its process, without PostgreSQL, computed meanwhile: in seconds. */
type Start = { readonly tookS: number; readonly cpuS: number };

/** What the process is started with besides what a data folder's processes have. */
type Env = Readonly<Record<string, string>>;

/**
 * Starts `node src/main.ts` on the folder with nothing saved, saves a board and renders it; says how long that
 * was from the start of the process to the page.
 */
export async function timeVeryFirst(folder: DataFolder, env: Env): Promise<string> {
  const start = await timeStart(folder, env, async (service) => {
    const saved = await service.post("/definitions", saltedBoard(0));
    if (!saved.ok) throw new Error(`the board was not saved: ${await saved.text()}`);
    await render(service);
  });
  return describe(start);
}

/** The seconds from the start of the process to the first page, of start after start, each ended in order before. */
export async function timeStarts(
  folder: DataFolder,
  env: Env,
  progress: (line: string) => void,
): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (let start = 0; start < starts; start += 1) {
    const took = await timeStart(folder, env, render);
    rounds.push({ ours: took.tookS });
    progress(describe(took));
  }
  return rounds;
}

async function timeStart(
  folder: DataFolder,
  env: Env,
  work: (service: RunningService) => Promise<void>,
): Promise<Start> {
  const startMs = performance.now();
  const service = await folder.start(env);
  await work(service);
  const tookS = (performance.now() - startMs) / 1_000;
  const cpuS = cpuMsOf(service.pid) / 1_000;
  service.signal("SIGTERM");
  await service.ended;
  return { tookS, cpuS };
}

function describe({ tookS, cpuS }: Start): string {
  return `${tookS.toFixed(2)} s, ${cpuS.toFixed(2)} s of CPU`;
}

async function render(service: RunningService): Promise<void> {
  const answer = await service.post("/render", { dashboard_id: boardId });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the board was not rendered: ${text}`);
}
