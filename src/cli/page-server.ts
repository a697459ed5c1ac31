import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { usageError } from "./cli-error.ts";
import { livePaths, liveScript } from "./live-page.ts";

/** A page that is served on this machine. */
export type PageServer = {
  readonly url: string;
  /** Puts another page in its place, and has browsers that show it load it. */
  readonly show: (page: string) => void;
  readonly close: () => Promise<void>;
};

/**
 * Serves a page on 127.0.0.1 and nowhere else; on a free port where that is 0. It answers only to its own name, so that
 * no page of another site reads it by a name of its own that leads here. Throws an error of usage where the port is
 * taken.
 */
export async function startPageServer(port: number, firstPage: string): Promise<PageServer> {
  let page = firstPage;
  const watching = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    if (!isOwnName(request)) return end(response, 403, "text/plain", "this page has another name\n");
    if (request.method !== "GET") return end(response, 405, "text/plain", "only GET\n");
    switch (request.url) {
      case "/":
        return end(response, 200, "text/html; charset=utf-8", page);
      case livePaths.script:
        return end(response, 200, "text/javascript; charset=utf-8", liveScript);
      case livePaths.events:
        response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" }).write(":\n\n");
        watching.add(response.once("close", () => watching.delete(response)));
        return;
      default:
        return end(response, 404, "text/plain", "there is only /\n");
    }
  });
  const own = () => (server.address() as AddressInfo).port;
  const isOwnName = ({ headers }: IncomingMessage) =>
    headers.host === `127.0.0.1:${own()}` || headers.host === `localhost:${own()}`;

  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch (cause) {
    throw usageError(`the port ${port} is taken: give another --port`, cause);
  }
  return {
    url: `http://127.0.0.1:${own()}/`,
    show(next) {
      page = next;
      for (const response of watching) response.write("data: changed\n\n");
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
  });
  response.end(body);
}
