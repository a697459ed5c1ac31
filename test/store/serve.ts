/** A service that only opens its store, and stays until it is killed: `node serve.ts <data folder>`. */
import { createLog } from "../../src/log/log.ts";
import { openStore } from "../../src/store/store.ts";
import { actor } from "./change.ts";

const [dataDir] = process.argv.slice(2);
const log = createLog("error");
try {
  const store = await openStore({ url: undefined, migrateUrl: undefined, dataDir: dataDir!, log });
  await store.once({ tenant: "acme", method: "Save", actor, key: "k", fingerprint: "f" }, async (tx) => {
    await tx.saveDefinition({
      dashboardId: "ops",
      json: `saved by ${process.getuid?.()}`,
      digest: "d",
      title: "",
      author: "",
      note: "",
      expectedVersion: undefined,
    });
    return new Uint8Array([1, 2, 3]);
  });
  process.once("SIGTERM", () => void store.close().then(() => process.exit(0)));
  setInterval(() => {}, 1000);
  console.log("ready");
} catch (error) {
  console.log((error as Error).message);
  process.exitCode = 1;
}
