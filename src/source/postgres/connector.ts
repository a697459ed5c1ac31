import { portOf } from "../../definition/connection-settings.ts";
import type { Frame } from "../../frame/frame.ts";
import { type Connector, connectMs, type OpenConnection, type ReadBounds, type ResolveAddress } from "../connector.ts";
import { createFrameBuilder, type FrameBuilder, type FrameCell } from "../frame-builder.ts";
import { inTime, noAnswer } from "../in-time.ts";
import { createQueryBinding } from "../query-binding.ts";
import { SourceError } from "../source-error.ts";
import type { SqlQuestion } from "../sql-question.ts";
import { toParameter } from "./parameters.ts";
import { createPostgresPool } from "./pool.ts";
import { openSession, type PostgresSession } from "./session.ts";
import { type PostgresColumn, toPostgresColumn } from "./values.ts";

/** A migration's lock may be held for long: then old rows, or an error, are better than a queue behind it. */
const lockTimeoutMs = 1000;

const bindText = createQueryBinding((_, at) => `$${at + 1}`);

/** Numbers and dates are longer as texts than in a frame. */
const wireFactor = 4;

/**
 * Creates the connector to PostgreSQL. A query is the inner select of a statement of ours, in a read-only
 * transaction that is always rolled back, by the extended protocol: it can be nothing but a query. Rows and
 * bytes beyond the bounds are left out. When its time is up the query is cancelled, and a moment later its
 * session ended, whatever the server does. Sessions of superusers are refused, because to them any query
 * can read the server's files.
 *
 * The statement has a limit and no cursor, because PostgreSQL runs no cursor on more than one core, nor a
 * portal that is fetched in parts.
 */
export function createPostgresConnector({
  resolve,
}: {
  readonly resolve: ResolveAddress;
}): Connector<"postgres", SqlQuestion> {
  const pool = createPostgresPool();
  const busy = new Set<PostgresSession>();
  let closed = false;

  const open = async (connection: OpenConnection<"postgres">, signal: AbortSignal): Promise<PostgresSession> => {
    const { host, database, user, tls, caCertificate } = connection.kind.value;
    if (`${database}${user}`.includes("\0")) throw new SourceError("source_failed", "no name holds a NUL");
    return inTime({ timeoutMs: connectMs, signal, late: noLogin }, async (opening) => {
      const [address, { password }] = await Promise.all([resolve(host, portOf(connection.kind)), connection.secret()]);
      const login = { address, tls: tls !== "off", host, caCertificate, database, user, password };
      const session = await openSession(login, opening);
      if (opening.aborted) session.destroy();
      return session;
    });
  };

  return {
    async read(connection, question, bounds) {
      for (;;) {
        if (bounds.signal.aborted) throw noAnswer();
        const kept = pool.take(connection);
        const session = kept ?? (await open(connection, bounds.signal));
        if (closed) session.destroy();
        busy.add(session);
        let hasAnswered = false;
        try {
          return await readBy(session, question, bounds, () => {
            hasAnswered = true;
          });
        } catch (error) {
          // A kept session may have been lost unseen: whatever never reached the server is asked by another.
          const wasLost = kept !== undefined && !hasAnswered && isUnavailable(error);
          if (!wasLost || bounds.signal.aborted) throw error;
          session.destroy();
        } finally {
          busy.delete(session);
          pool.give(connection, session);
        }
      }
    },

    async probe(connection, { signal }) {
      (await open(connection, signal)).destroy();
    },

    async close() {
      closed = true;
      pool.close();
      for (const session of busy) session.destroy();
    },
  };
}

async function readBy(
  session: PostgresSession,
  { template, binding }: SqlQuestion,
  { timezone, maxRows, maxBytes, timeoutMs, signal }: ReadBounds,
  onAnswer: () => void,
): Promise<Frame> {
  const { sql, names } = bindText(template, binding);
  // It would end the text on the wire, and what follows would be read as something else.
  if (sql.includes("\0")) throw new SourceError("source_failed", "the query holds a NUL");
  const ms = Math.max(1, Math.ceil(timeoutMs));
  let columns: readonly PostgresColumn[] = [];
  let builder: FrameBuilder | undefined;
  const cells: FrameCell[] = [];
  let fits = true;
  signal.addEventListener("abort", session.stop, { once: true });
  if (signal.aborted) session.stop();
  try {
    const cutShort = await session.run({
      // The query may end in a comment: the bracket needs a line of its own.
      sql: `select * from (\n${sql}\n) as query limit ${maxRows + 1}`,
      params: names.map((name) => toParameter(binding[name] ?? null, timezone)),
      settings: {
        statement_timeout: `${ms}`,
        lock_timeout: `${Math.min(ms, lockTimeoutMs)}`,
        idle_in_transaction_session_timeout: `${ms}`,
        TimeZone: timezone,
        // What the texts that go back and forth look like, whatever the role's own settings are.
        DateStyle: "ISO",
        extra_float_digits: "3",
        // So that the server sees strings end where the reading of placeholders saw it.
        standard_conforming_strings: "on",
      },
      maxRows: maxRows + 1,
      maxWireBytes: wireFactor * maxBytes,
      onAnswer,
      onColumns(answered) {
        columns = answered.map(({ name, type }) => toPostgresColumn(name, type));
        builder = createFrameBuilder(
          columns.map(({ head }) => head),
          { maxRows, maxBytes },
        );
      },
      onRow(values) {
        if (!fits) return;
        for (let at = 0; at < columns.length; at += 1) {
          const text = values[at] ?? null;
          cells[at] = text === null ? null : columns[at]!.read(text);
        }
        fits = builder!.addRow(cells);
      },
    });
    if (builder === undefined) throw new SourceError("source_failed", "the answer is too large");
    return builder.toFrame(cutShort);
  } catch (error) {
    throw signal.aborted ? noAnswer() : error;
  } finally {
    signal.removeEventListener("abort", session.stop);
  }
}

function noLogin(): SourceError {
  return new SourceError("source_unavailable", "the host does not answer");
}

function isUnavailable(error: unknown): boolean {
  return error instanceof SourceError && error.failure === "source_unavailable";
}
