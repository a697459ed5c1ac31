import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, connect } from "../../src/store/connection.ts";
import type { OwnPostgres } from "./own-postgres.ts";

/** Leaves the service no connection, which is cut off from those that it has. Returns what gives them back. */
export async function takeAllConnections(postgres: OwnPostgres): Promise<() => Promise<void>> {
  const held: Connection[] = [];
  await takeThoseLeft(postgres, held);
  // What was cut off connects again at once, and may be sooner than whoever takes what is left. While it logs in it has a
  // place and is not in the list yet, so that who is alone must still be so a moment later.
  for (let lookedAlone = 0; lookedAlone < 2; ) {
    await postgres.run(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and usename = 'dash_app'`);
    await takeThoseLeft(postgres, held);
    if (lookedAlone > 0) await sleep(200);
    const others = await held[0]!.sql`select 1 from pg_stat_activity
      where datname = current_database() and usename = 'dash_app'`;
    lookedAlone = others.length === 0 ? lookedAlone + 1 : 0;
  }
  return async () => {
    await Promise.all(held.map((connection) => connection.end()));
  };
}

async function takeThoseLeft({ ownerUrl }: OwnPostgres, held: Connection[]): Promise<void> {
  for (;;) {
    const connection = await connect(ownerUrl, { session: false, withinMs: 2_000 }).catch(() => undefined);
    if (connection === undefined) return;
    held.push(connection);
  }
}

/** Lets nothing be written. Returns what lets it again. */
export async function makeReadOnly(postgres: OwnPostgres): Promise<() => Promise<void>> {
  await postgres.run("alter system set default_transaction_read_only = on", "select pg_reload_conf()");
  await told();
  return async () => {
    const [writable, reset] = ["set default_transaction_read_only = off", "alter system reset"];
    await postgres.run(writable, `${reset} default_transaction_read_only`, "select pg_reload_conf()");
    await told();
  };
}

/** A server's processes take up a setting when they next look. */
const told = () => sleep(100);
