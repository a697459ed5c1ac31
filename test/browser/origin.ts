import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { Answer } from "../../src/http/answer.ts";

/** A server of a test on a loopback port of its own. */
export type Origin = {
  /** Its scheme, host and port. */
  readonly url: string;
  readonly close: () => Promise<void>;
};

/** Starts a server; what it has no answer for is 404. */
export async function startOrigin(
  answer: (address: URL, headers: IncomingHttpHeaders) => Answer | undefined,
): Promise<Origin> {
  const http = createServer((request, response) => {
    const address = new URL(request.url!, "http://127.0.0.1");
    const { status, headers, body } = answer(address, request.headers) ?? { status: 404, headers: {}, body: "" };
    response.writeHead(status, headers).end(body);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async close() {
      http.close();
      http.closeAllConnections();
      await once(http, "close");
    },
  };
}
