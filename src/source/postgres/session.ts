import type { Socket } from "node:net";
import postgres from "postgres";
import { SourceError } from "../source-error.ts";
import { dial, type Endpoint } from "./dial.ts";
import { toPostgresError } from "./error.ts";
import { guardSocket } from "./guarded-socket.ts";
import { outOfTurn } from "./message-guard.ts";

/** Who logs in where. */
export type Login = Endpoint & {
  readonly database: string;
  readonly user: string;
  readonly password: string;
};

/** A column of what a statement answers, with its type's number in `pg_type`. */
type AnsweredColumn = { readonly name: string; readonly type: number };

/** What one read asks of a session. */
type Statement = {
  /** A single statement. It must not be able to end the transaction: the extended protocol takes any command. */
  readonly sql: string;
  readonly params: readonly (string | null)[];
  /** Settings of the transaction in which it runs, which is read-only. */
  readonly settings: Readonly<Record<string, string>>;
  /** How many rows the statement has at most. A server that sends more is refused. */
  readonly maxRows: number;
  /** How many bytes may come over the wire. */
  readonly maxWireBytes: number;
  /** Called once the server has answered something, and so may know of the statement. */
  readonly onAnswer: () => void;
  /** Takes the columns, before the first row. It may throw. */
  readonly onColumns: (columns: readonly AnsweredColumn[]) => void;
  /** Takes a row, in PostgreSQL's texts. It must not throw. */
  readonly onRow: (values: readonly (string | null)[]) => void;
};

/**
 * One session of a PostgreSQL server. It is never connected again once it is lost. Like the store's own,
 * it is a postgres.js client of a single connection, and not its pool with `begin`: when a connection is
 * cut between the statements of a transaction, postgres.js 3.4.9 throws from a timer, which ends the
 * process. Its cursors do so too.
 */
export type PostgresSession = {
  /** Whether it ended, by whichever side, or is about to. */
  isLost(): boolean;
  /** Whether another one should take its place, since a server's address may change. */
  isOld(): boolean;
  /** Runs a statement. Call `clean` after it, whatever came of it. Returns whether its rows were cut short. Throws SourceError. */
  run(statement: Statement): Promise<boolean>;
  /**
   * Ends the transaction and takes back whatever a query did to the session; one that cannot be cleaned is lost.
   * The next statement need not wait: it goes along, and is run once the session is clean.
   */
  clean(): void;
  /** Asks the server to give the statement up, and ends the session a moment later. */
  stop(): void;
  /** Ends it, at once; the server takes back what is open. */
  destroy(): void;
};

/** As long as the store's own. */
const lifetimeMs = 1_800_000;

/** How long a server may take to give a statement up, or to clean a session. */
const graceMs = 250;
const cleanMs = 1000;

/**
 * Cleaning takes a millisecond: who waits for it much longer had better connect anew. A busy server needs more for both,
 * and each login, with its hashing, would keep it and us busier still.
 */
const cleanWithinMs = 500;

/** For all that comes in a login, and beside the rows of a statement: notices, settings, columns. */
const smallTalkBytes = 1 << 20;

/** Connects and logs in. The signal gives it up, only until then. Throws SourceError. */
export async function openSession(login: Login, signal: AbortSignal): Promise<PostgresSession> {
  const opening = new AbortController();
  const give = () => opening.abort();
  if (signal.aborted) give();
  signal.addEventListener("abort", give, { once: true });
  try {
    return await logIn(login, opening.signal);
  } finally {
    signal.removeEventListener("abort", give);
  }
}

async function logIn(login: Login, signal: AbortSignal): Promise<PostgresSession> {
  const guarded = guardSocket(await dial(login, signal));
  guarded.allow(smallTalkBytes);
  const openedAtMs = performance.now();
  let lost = false;
  // The driver leaves a query waiting that it meant to ask by another connection.
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => {});
  const orGone = <T>(work: PromiseLike<T>): Promise<T> => Promise.race([work, gone.promise]);
  const end = () => {
    lost = true;
    guarded.destroy();
    gone.reject(new SourceError("source_unavailable", "the connection was lost"));
    void sql.end({ timeout: 0 });
  };
  let given = false;
  let cleaned: Promise<void> = Promise.resolve();
  const options: postgres.Options<Record<string, postgres.PostgresType>> & { socket: () => Socket } = {
    // It asks for another when the first is lost.
    socket: () => {
      if (given) throw new SourceError("source_unavailable", "the connection was lost");
      given = true;
      return guarded.socket;
    },
    host: "unused",
    port: 5432,
    database: login.database,
    user: login.user,
    // As a function, since the driver puts PGPASSWORD, which is the service's own, in an empty one's place.
    password: () => login.password,
    ssl: false,
    max: 1,
    // The driver keeps the texts that it prepares, and believes that the server does, too.
    prepare: false,
    fetch_types: false,
    connect_timeout: 0,
    idle_timeout: 0,
    max_lifetime: null,
    connection: { application_name: "dashboards" },
    // Texts in both directions: the driver's own conversions lose digits, and microseconds.
    types: { text: { to: 25, from: convertedTypes, serialize: asIs, parse: asIs } },
    onnotice: () => {},
    onclose: end,
  };
  const sql = postgres(options);
  const fail = (error: unknown, text?: string): SourceError => {
    const refusal = guarded.refusal();
    if (typeof refusal === "object") return new SourceError("source_failed", refusal.problem);
    return toPostgresError(error, text);
  };

  // The driver keeps the text of every statement that fails for as long as the process lives, to have a stack
  // for it, unless the statement has one.
  const forgotten = <T extends object>(query: T): T => Object.defineProperty(query, "origin", { value: "" });
  const command = (text: string, rows = 0) => {
    guarded.ask(rows);
    return forgotten(sql.unsafe(text));
  };
  const ask = (text: string, params: readonly (string | null)[], maxRows: number) => {
    guarded.ask(maxRows);
    return forgotten(sql.unsafe(text, [...params], { simple: false } as postgres.UnsafeQueryOptions));
  };

  let server: { readonly pid: number; readonly secret: number } | null | undefined;
  try {
    // Only once the driver has had its say: it knows why a login failed.
    guarded.socket.once("close", () => setImmediate(end));
    ({ state: server } = (await orGone(command("select 1", 1))) as unknown as { state: typeof server });
    // A server may be ready without having answered.
    if (!server) throw new SourceError("source_failed", outOfTurn);
    if (sql.parameters.is_superuser === "on") throw new SourceError("source_failed", superuser);
  } catch (error) {
    end();
    throw fail(error);
  }

  return {
    isLost: () => lost,
    isOld: () => performance.now() - openedAtMs > lifetimeMs,
    async run({ sql: text, params, settings, maxRows, maxWireBytes, onAnswer, onColumns, onRow }) {
      guarded.allow(maxWireBytes + smallTalkBytes);
      const begin = ["begin read only", ...Object.entries(settings).map(toSetting)].join(";");
      const late = setTimeout(end, cleanWithinMs);
      const begun = Promise.all([command(begin).then(onAnswer), cleaned.then(() => clearTimeout(late))]);
      begun.catch(() => {});
      try {
        // What has parameters goes along in the same packet, since the driver has it described before it runs it, and
        // the guard lets no description through outside a transaction. The rest it would run unseen.
        if (params.length === 0) await orGone(begun);
        const query = ask(text, params, maxRows).values() as postgres.PendingValuesQuery<postgres.Row[]> & Described;
        const describe = once(() => onColumns(query.statement?.columns ?? []));
        const rows = query.forEach((row: object) => {
          if (describe() === undefined) onRow(row as readonly (string | null)[]);
        });
        const isWhole = await orGone(Promise.all([begun, rows])).then(
          () => true,
          (error) => {
            if (guarded.refusal() !== "overflow" || query.statement?.columns === undefined) throw error;
            return false;
          },
        );
        const problem = describe();
        if (problem !== undefined) throw problem.error;
        return !isWhole;
      } catch (error) {
        // What is neither the server's refusal nor ours is the driver's own mistake: who knows what comes next.
        if (!(error instanceof postgres.PostgresError || error instanceof SourceError)) end();
        throw fail(error, text);
      }
    },
    clean() {
      const timer = setTimeout(end, cleanMs);
      guarded.allow(smallTalkBytes);
      // Apart, since `discard all` must not be in a transaction; in one packet all the same.
      cleaned = Promise.all([command("rollback"), command("discard all")])
        .then(() => {}, end)
        .finally(() => clearTimeout(timer));
    },
    stop() {
      if (lost) return;
      lost = true;
      const grace = new AbortController();
      setTimeout(() => {
        grace.abort();
        end();
      }, graceMs);
      void cancel(login, server, grace.signal);
    },
    destroy: end,
  };
}

const superuser = "the role is a superuser: use one that owns nothing and may only read what dashboards show";

/** All types that postgres.js converts. */
const convertedTypes = [16, 17, 21, 23, 25, 26, 114, 700, 701, 1082, 1114, 1184, 3802];

/** What the driver's query has besides what its types say: the columns, once the server has told them. */
type Described = { readonly statement?: { readonly columns?: readonly AnsweredColumn[] } };

/** Does the work when it is first asked for, and returns each time what it threw. */
function once(work: () => void): () => { readonly error: unknown } | undefined {
  let isDone = false;
  let thrown: { readonly error: unknown } | undefined;
  return () => {
    if (isDone) return thrown;
    isDone = true;
    try {
      work();
    } catch (error) {
      thrown = { error };
    }
    return thrown;
  };
}

function asIs(text: string): string {
  return text;
}

function toSetting([name, value]: [string, string]): string {
  return `set local ${name} = '${value.replaceAll("'", "''")}'`;
}

/** @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS */
async function cancel(
  endpoint: Endpoint,
  { pid, secret }: { readonly pid: number; readonly secret: number },
  signal: AbortSignal,
): Promise<void> {
  const request = Buffer.alloc(16);
  for (const [at, word] of [16, 80_877_102, pid, secret].entries()) request.writeUInt32BE(word >>> 0, 4 * at);
  try {
    (await dial(endpoint, signal)).end(request);
  } catch {
    // The session is ended in a moment anyway.
  }
}
