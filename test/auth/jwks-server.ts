import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** An issuer's key server on 127.0.0.1 that does what the test says. */
export type JwksServer = {
  readonly url: URL;
  /** How it answers from now on. */
  answer: RequestListener;
  requests: number;
  readonly close: () => Promise<void>;
};

export async function startJwksServer(answer: RequestListener): Promise<JwksServer> {
  const http = createServer((request, response) => {
    server.requests += 1;
    server.answer(request, response);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const server: JwksServer = {
    url: new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/jwks`),
    answer,
    requests: 0,
    close: async () => {
      http.close();
      http.closeAllConnections();
      await once(http, "close");
    },
  };
  return server;
}

export const keySet =
  (...keys: object[]): RequestListener =>
  (_, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys }));
  };

export const down: RequestListener = (request) => request.socket.destroy();

export const hanging: RequestListener = () => {};
