import { createDataFolder } from "../process.ts";
import { type Caller, createCaller } from "./api.ts";
import { type OwnPostgres, startOwnPostgres } from "./own-postgres.ts";

/** A service in a process of its own, on a database of its own that can be stopped. */
export type StoppableService = {
  readonly postgres: OwnPostgres;
  /** Calls as the tenant acme. */
  readonly caller: Caller;
  /** Whether the process is gone. */
  hasEnded(): boolean;
  close(): Promise<void>;
};

/** Starts both, which takes some three seconds. Environment variables given are the service's, too. */
export async function startStoppableService(env: Readonly<Record<string, string>> = {}): Promise<StoppableService> {
  await using opened = new AsyncDisposableStack();
  const postgres = await startOwnPostgres();
  opened.defer(postgres.close);
  const folder = createDataFolder();
  opened.defer(folder.remove);
  const service = await folder.start({ DATABASE_URL: postgres.url, DATABASE_MIGRATE_URL: postgres.ownerUrl, ...env });
  let ended = false;
  void service.ended.then(() => {
    ended = true;
  });
  const running = opened.move();
  return {
    postgres,
    caller: createCaller(Number(new URL(service.url).port), await folder.token(), { keepAlive: true }),
    hasEnded: () => ended,
    async close() {
      service.signal("SIGTERM");
      await service.ended;
      await running.disposeAsync();
    },
  };
}
