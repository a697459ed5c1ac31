import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { drawPicture } from "./layout/picture.ts";
import type { PictureReply, PictureSetting, PictureTask } from "./pictures.ts";
import { createRasterize } from "./rasterize.ts";

/** What draws pictures in a thread of its own: the layout too, because what is laid out is a tenant's. */
const css = readFileSync(new URL("../page/files/root.css", import.meta.url), "utf8");
const rasterize = createRasterize((workerData as PictureSetting).fontsDir);

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

parentPort!.on("message", (task: PictureTask) => {
  const reply = draw(task);
  parentPort!.postMessage(reply, reply.png === undefined ? [] : [reply.png]);
  // The engine knows nothing of a picture's pixels, which are the native module's, and would keep dozens of them. Within
  // this turn they are still in use.
  setImmediate(collectGarbage);
});

function draw({ html, panel, widthPx, scale, maxPixels, maxLinesPx }: PictureTask): PictureReply {
  const picture = drawPicture({ html, panel, widthPx, css });
  if (picture.widthPx * picture.heightPx * scale ** 2 > maxPixels) return { problem: "too_large" };
  if (picture.linesPx * scale > maxLinesPx) return { problem: "too_much" };
  // What the native module gives cannot be moved to another thread.
  return { png: new Uint8Array(rasterize(picture.svg, scale)).buffer };
}
