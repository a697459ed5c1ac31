import { isOwnHeader } from "../../definition/header-names.ts";
import type { Connector, OpenConnection, ReadBounds, ResolveAddress } from "../connector.ts";
import type { HttpQuestion } from "../connectors.ts";
import { inTime, noAnswer } from "../in-time.ts";
import { SourceError } from "../source-error.ts";
import { type BoundRequest, bindHttpRequest } from "./bind.ts";
import { type HttpAnswer, readJsonBody, sendRequest } from "./exchange.ts";
import { statusFailure, toHttpError } from "./failure.ts";
import { parseJsonAnswer } from "./json-answer.ts";
import { jsonToFrame } from "./json-frame.ts";
import { createHttpPools, readBaseUrl } from "./pools.ts";

/** What a connector to web services works with. */
export type HttpConnectorOptions = { readonly resolve: ResolveAddress };

/**
 * Creates the connector to web services that answer JSON. A request goes to the address to which the connection's
 * host resolved, at most a minute ago; nothing is followed, decoded or stored of what comes back, and no proxy of the
 * environment is used. It is tested by a GET of its own url, where any answer but a refusal will do.
 */
export function createHttpConnector({ resolve }: HttpConnectorOptions): Connector<"http", HttpQuestion> {
  const pools = createHttpPools(resolve);

  return {
    async read(connection, { source, binding }, bounds) {
      const request = bindHttpRequest(source, binding);
      const bytes = await exchange(connection, request, bounds, async (answer) => {
        const failure = statusFailure(answer.statusCode);
        if (failure !== undefined) throw failure;
        return readJsonBody(answer);
      });
      return jsonToFrame(await parseJsonAnswer(bytes), source, bounds);
    },
    async probe(connection, bounds) {
      await exchange(connection, { method: "GET", target: "" }, bounds, async ({ statusCode }) => {
        // Under the url itself there need be nothing.
        const isReached = statusCode < 300 || [400, 404, 405, 406].includes(statusCode);
        if (!isReached) throw statusFailure(statusCode)!;
      });
    },
    close: pools.close,
  };

  async function exchange<T>(
    connection: OpenConnection<"http">,
    request: BoundRequest,
    bounds: Pick<ReadBounds, "timeoutMs" | "signal">,
    take: (answer: HttpAnswer) => Promise<T>,
  ): Promise<T> {
    return inTime(bounds, async (signal) => {
      const path = toPath(connection.kind.value.url, request.target);
      const headers = await toHeaders(connection, request.body !== undefined);
      const pool = await pools.open(connection);
      const { method, body } = request;
      let answer: HttpAnswer | undefined;
      try {
        answer = await sendRequest(pool, { method, path, headers, body: body ?? null, signal });
        return await take(answer);
      } catch (error) {
        const isTold = error instanceof SourceError;
        // Where there was no answer, the way there may be broken: the next read starts from the name.
        if (!isTold) pools.drop(connection);
        throw signal.aborted && !isTold ? noAnswer() : toHttpError(error);
      } finally {
        answer?.body.destroy();
      }
    });
  }
}

/** Returns the path and query of a request. Throws where they would be read as anything but what they are. */
function toPath(url: string, target: string): string {
  const { origin, pathname } = readBaseUrl(url);
  const prefix = target.startsWith("/") ? pathname.replace(/\/+$/, "") : pathname;
  const path = prefix + target;
  if (URL.parse(origin + path)?.href !== origin + path)
    throw new SourceError("source_failed", "the path cannot be sent");
  return path;
}

async function toHeaders({ secret }: OpenConnection<"http">, hasBody: boolean): Promise<Record<string, string>> {
  const { bearerToken, headers } = await secret();
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  if (!own.every(([name]) => isOwnHeader(name))) {
    throw new SourceError("source_failed", "a header of the connection cannot be sent");
  }
  return {
    accept: "application/json",
    "user-agent": "datajetty-dashboards",
    ...Object.fromEntries(own),
    ...(bearerToken !== "" && { authorization: `Bearer ${bearerToken}` }),
    ...(hasBody && { "content-type": "application/json" }),
    "accept-encoding": "identity",
  };
}
