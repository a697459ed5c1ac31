import { createDataFolder } from "../test/process.ts";
import { atMost, type Benchmark } from "./benchmark.ts";
import { timeStarts, timeVeryFirst } from "./first-render.ts";
import { openStoreServer } from "./store-server.ts";

/**
 * `node src/main.ts` with a PostgreSQL that runs already (`DATABASE_URL`) and has the tables of this release, on a data
 * folder that holds the compiled code of a start before. Beside it is told, once, what the first start takes, which has
 * none.
 */
export const benchmark: Benchmark = {
  name: "start-external",
  about: "from the start of the process to the first page, with a PostgreSQL that runs already, not for the first time",
  unit: "s",
  goal: atMost(1, "s"),
  async run(progress) {
    await using opened = new AsyncDisposableStack();
    const server = await openStoreServer();
    opened.defer(server.close);
    const { url, ownerUrl } = await server.createDatabase("started");
    const folder = createDataFolder();
    opened.defer(folder.remove);
    const env = { DATABASE_URL: url, DATABASE_MIGRATE_URL: ownerUrl };
    progress(`${await timeVeryFirst(folder, env)}, on an empty database and without compiled code, a save included`);
    return await timeStarts(folder, env, progress);
  },
};
