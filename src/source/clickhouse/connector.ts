import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { LRUCache } from "lru-cache";
import { portOf } from "../../definition/connection-settings.ts";
import { createBinding } from "../../definition/filter-value.ts";
import { parseQuery } from "../../definition/query.ts";
import type { Frame } from "../../frame/frame.ts";
import type { Connector, OpenConnection, ReadBounds, ResolveAddress } from "../connector.ts";
import { inTime } from "../in-time.ts";
import { SourceError } from "../source-error.ts";
import type { SqlQuestion } from "../sql-question.ts";
import { createPinnedAgent } from "./agent.ts";
import { readAnswer } from "./answer.ts";
import { askClickhouse, type ClickhouseClient } from "./ask.ts";
import { toSourceError } from "./failure.ts";
import { bindParameters } from "./parameters.ts";
import { type Profile, profileQuery, readProfile, settingsFor } from "./settings.ts";

/** What is kept open for one tenant, connection, revision and address. */
type Session = { readonly client: ClickhouseClient; profile?: Profile };

/**
 * Creates the connector to ClickHouse by its HTTP interface. A query may only read, and runs under the limits
 * of its bounds, the server's included; values are bound as parameters. What the user's own profile limits
 * stays limited. A query ends on the server when its time is up or nobody wants its rows.
 *
 * Where a host leads is asked anew for each read. What a server knows and a user may set is asked once in a
 * minute, so that a changed profile counts soon.
 */
export function createClickhouseConnector({
  resolve,
}: {
  readonly resolve: ResolveAddress;
}): Connector<"clickhouse", SqlQuestion> {
  // What runs on a session that is forgotten goes on; the driver closes its idle sockets after seconds.
  const sessions = new LRUCache<string, Session>({ max: 256, ttl: 60_000, ttlAutopurge: true });

  return {
    read: (connection, question, bounds) => readInTime(connection, question, bounds),
    async probe(connection, bounds) {
      await readInTime(connection, probing, { ...bounds, ...probeCaps });
    },
    async close() {
      const open = [...sessions.values()];
      sessions.clear();
      await Promise.all(open.map(({ client }) => client.close()));
    },
  };

  async function readInTime(
    connection: OpenConnection<"clickhouse">,
    question: SqlQuestion,
    bounds: ClickhouseBounds,
  ): Promise<Frame> {
    try {
      return await inTime(bounds, (signal) => read(connection, question, { ...bounds, signal }));
    } catch (error) {
      throw toSourceError(error);
    }
  }

  async function read(
    connection: OpenConnection<"clickhouse">,
    { template, binding }: SqlQuestion,
    { signal, ...bounds }: ClickhouseBounds,
  ): Promise<Frame> {
    const { sql, parameters } = bindParameters(template, binding);
    const session = await openSession(connection);
    session.profile ??= readProfile(
      await readAnswer(await askClickhouse(session.client, { query: profileQuery, signal }), profileCaps),
    );
    const { profile } = session;
    const settings = settingsFor(profile, bounds);
    const ownLines = !template.clauses.some(({ optional }) => optional);
    const answer = await askClickhouse(session.client, { query: sql, parameters, settings, ownLines, signal });
    return readAnswer(answer, { ...bounds, profile });
  }

  async function openSession({ tenant, name, revision, kind, secret }: OpenConnection<"clickhouse">): Promise<Session> {
    const { host, database, user, caCertificate, tls } = kind.value;
    const isPlain = tls === "off";
    const port = portOf(kind);
    const address = await resolve(host, port);
    if ("path" in address) throw new SourceError("source_failed", "ClickHouse is not reached by a local socket");
    const key = JSON.stringify([tenant, name, revision, address.host, address.port]);
    const kept = sessions.get(key);
    if (kept !== undefined) return kept;
    const { password } = await secret();
    const client = createClient({
      url: `${isPlain ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`,
      http_agent: createPinnedAgent(address, isPlain ? undefined : { host, caCertificate }),
      username: user || "default",
      password,
      database: database || "default",
      application: "datajetty-dashboards",
      request_timeout: 0,
      log: { level: ClickHouseLogLevel.OFF },
      // The driver parses a header that nobody asked for, and one that is no object leaves its answer open.
      json: { parse: <T>() => ({}) as T, stringify: JSON.stringify },
    });
    const session: Session = { client };
    sessions.set(key, session);
    return session;
  }
}

type ClickhouseBounds = Omit<ReadBounds, "timezone">;

const probing: SqlQuestion = { template: parseQuery("select 1"), binding: createBinding([]) };

const probeCaps = { maxRows: 1, maxBytes: 1024 };

const profileCaps = { maxRows: 100, maxBytes: 65_536 };
