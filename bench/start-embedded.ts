import { createDataFolder } from "../test/process.ts";
import { atMost, type Benchmark } from "./benchmark.ts";
import { timeStarts, timeVeryFirst } from "./first-render.ts";

/**
 * `node src/main.ts` with its own PostgreSQL, on a data folder that it has used before and left in order, its
 * compiled code included, without the demo. Beside it is told, once each, what a new folder takes and what the demo adds.
 */
export const benchmark: Benchmark = {
  name: "start-embedded",
  about: "from the start of the process to the first page, with the embedded PostgreSQL and a folder used before",
  unit: "s",
  goal: atMost(3, "s"),
  async run(progress) {
    const folder = createDataFolder();
    try {
      progress(`${await timeVeryFirst(folder, {})}, on a new folder, a save included`);
      const rounds = await timeStarts(folder, {}, progress);
      progress(`${await timeVeryFirst(folder, withDemo)}, where the demo is new`);
      progress(`${await timeVeryFirst(folder, withDemo)}, where the demo is there`);
      return rounds;
    } finally {
      await folder.remove();
    }
  },
};

const withDemo = { DEMO: "" };
