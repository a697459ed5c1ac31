/** One of the processes of `run.ts`: asks for a test file, runs it, and asks again, until there is none. */
import { once } from "node:events";
import { pathToFileURL } from "node:url";

const queue: [null, ...unknown[]] = [null];
// uvu starts by itself unless it believes that its own command line tool does.
Object.assign(globalThis, { UVU_DEFER: 1, UVU_QUEUE: [queue] });
const { exec } = await import("uvu");
let broke = false;

for (;;) {
  const answer = once(process, "message");
  process.send!("next");
  const [file] = (await answer) as [string];
  if (file === "") break;
  console.log(`\n${file.slice(import.meta.dirname.length + 1)}`);
  queue.splice(0, queue.length, null);
  try {
    await import(pathToFileURL(file).href);
    await exec();
  } catch (error) {
    console.error(error);
    broke = true;
  }
}
if (broke) process.exitCode = 1;
process.disconnect?.();
