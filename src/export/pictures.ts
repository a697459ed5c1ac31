import { Worker } from "node:worker_threads";
import { fault } from "../errors/fault.ts";
import { createBulkhead } from "../limit/bulkhead.ts";

/** What is drawn. */
type WantedPicture = {
  /** A dashboard's fragment, as the render room makes it. */
  readonly html: string;
  /** The id of a panel that it has; all of the dashboard when empty. */
  readonly panel: string;
  readonly widthPx: number;
  /** Pixels for each of `widthPx`. */
  readonly scale: number;
};

/** What the worker is told. */
export type PictureTask = WantedPicture & Pick<PictureLimits, "maxPixels" | "maxLinesPx">;

/** What the worker answers: a PNG file, or why there is none. */
export type PictureReply = {
  readonly png?: ArrayBuffer;
  readonly problem?: "too_large" | "too_much";
};

/** Draws pictures, one after another, beside the main thread. */
export type Pictures = {
  /**
   * Returns a PNG file. Throws INVALID_REQUEST for a picture of too many pixels, OVERLOADED where too many wait,
   * DEADLINE_EXCEEDED where it takes too long, INTERNAL where the drawing fails, and the signal's reason when that aborts
   * before it has begun.
   */
  draw(tenant: string, picture: WantedPicture, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Ends the worker, if there is one. */
  close(): Promise<void>;
};

/** Bounds of the drawing. */
export type PictureLimits = {
  /** Of one picture: four bytes each are held while it is drawn. */
  readonly maxPixels: number;
  /** How long its lines and edges are together at the most, in its pixels, words included: painting cannot be stopped. */
  readonly maxLinesPx: number;
  /** How long one may take. */
  readonly timeoutMs: number;
  /** A worker is ended after so many, because nobody knows what a native module holds on to. */
  readonly perWorker: number;
  /** It is ended after so long without work: it holds fonts and code that most services never need. */
  readonly idleMs: number;
  /** How many may wait in all, and of one tenant. */
  readonly maxWaiting: number;
  readonly maxWaitingPerTenant: number;
  /** How long they wait: within the ten seconds that a call may take. */
  readonly waitMs: number;
};

/** A dashboard of twelve panels at two pixels each has some seven million. */
export const pictureLimits: PictureLimits = {
  maxPixels: 32_000_000,
  // Some three seconds' work; several times as much as full dashboards have.
  maxLinesPx: 20_000_000,
  timeoutMs: 6_000,
  perWorker: 100,
  idleMs: 60_000,
  maxWaiting: 16,
  maxWaitingPerTenant: 4,
  // Longer than one takes at the most: who comes next is drawn, whatever is being drawn.
  waitMs: 7_000,
};

type Running = { readonly worker: Worker; drawn: number };

/** What a worker is started with. */
export type PictureSetting = {
  /** A folder of fonts for letters that ours do not have; it need not be there. */
  readonly fontsDir?: string | undefined;
};

/** Creates the drawing. Its worker is started by the first picture, and kept for the next. */
export function createPictures({
  limits = pictureLimits,
  script = new URL("./picture-worker.ts", import.meta.url),
  fontsDir,
}: PictureSetting & { readonly limits?: PictureLimits; readonly script?: URL } = {}): Pictures {
  const refusal = () =>
    fault("OVERLOADED", "too many pictures are being drawn just now: try again", { retryAfterMs: 2_000 });
  const bulkhead = createBulkhead({
    ...{ perKey: 1, total: 1, waitMs: limits.waitMs, maxWaiting: limits.maxWaiting },
    maxWaitingPerKey: limits.maxWaitingPerTenant,
    refusal,
  });
  let running: Running | undefined;
  /** Settles when the last worker that was told to end has ended. */
  let ended: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  return {
    draw: (tenant, picture, signal) => bulkhead.run(tenant, () => drawNext(picture), undefined, signal),
    async close() {
      end();
      await ended;
    },
  };

  async function drawNext(picture: WantedPicture): Promise<Uint8Array<ArrayBuffer>> {
    clearTimeout(idle);
    // One that was stopped amid its drawing may still hold its pixels: two at once are one too many.
    await inTime(ended, limits.timeoutMs);
    running ??= start();
    const mine = running;
    const reply = await ask(mine.worker, toTask(picture), limits.timeoutMs).catch((error) => {
      end();
      throw error;
    });
    mine.drawn += 1;
    if (mine.drawn >= limits.perWorker) end();
    else idle = setTimeout(end, limits.idleMs).unref();
    if (reply.png === undefined) throw reply.problem === "too_much" ? tooMuch() : tooLarge(limits.maxPixels);
    return new Uint8Array(reply.png);
  }

  function toTask(picture: WantedPicture): PictureTask {
    return { ...picture, maxPixels: limits.maxPixels, maxLinesPx: limits.maxLinesPx };
  }

  function start(): Running {
    const worker = new Worker(script, {
      workerData: { fontsDir } satisfies PictureSetting,
      // Nothing of what the service knows is in it, and what it draws cannot take all memory.
      ...{ env: {}, stdin: false, resourceLimits: { maxOldGenerationSizeMb: 256 } },
    });
    worker.unref();
    // Without a listener an error would end the process; who waits for an answer hears of it by its own.
    worker.on("error", () => {});
    // One that has ended by itself, between two pictures, would never answer the next.
    worker.once("exit", () => {
      if (running?.worker === worker) running = undefined;
    });
    return { worker, drawn: 0 };
  }

  function end(): void {
    clearTimeout(idle);
    if (running === undefined) return;
    ended = running.worker.terminate();
    running = undefined;
  }
}

/** Has a worker draw. Rejects where it fails, ends, or takes too long. */
function ask(worker: Worker, task: PictureTask, timeoutMs: number): Promise<PictureReply> {
  return new Promise<PictureReply>((resolve, reject) => {
    const settle = (then: () => void) => {
      clearTimeout(timer);
      worker.off("message", answer).off("error", fail).off("exit", fail).unref();
      then();
    };
    const answer = (reply: PictureReply) => settle(() => resolve(reply));
    const fail = (cause: unknown) =>
      settle(() =>
        reject(fault("INTERNAL", "the picture could not be drawn", { cause: new Error("worker", { cause }) })),
      );
    const timer = setTimeout(() => settle(() => reject(tooSlow())), timeoutMs);
    worker.on("message", answer).on("error", fail).on("exit", fail).ref();
    worker.postMessage(task);
  });
}

async function inTime(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow()), timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow(): Error {
  return fault("DEADLINE_EXCEEDED", "drawing the picture took too long: ask for a smaller scale, or for one panel");
}

function tooLarge(maxPixels: number): Error {
  const most = `at most ${maxPixels / 1_000_000} million pixels`;
  return fault("INVALID_REQUEST", `a picture has ${most}: ask for a smaller scale or width_px, or for one panel`, {
    details: [{ field: "scale", description: `makes a picture of more than ${most.slice("at most ".length)}` }],
  });
}

function tooMuch(): Error {
  return fault("INVALID_REQUEST", "there is too much to draw: ask for a smaller scale or width_px, or for one panel", {
    details: [{ field: "scale", description: "makes lines and letters too many to be drawn in time" }],
  });
}
