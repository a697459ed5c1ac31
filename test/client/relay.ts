import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { ConnectError } from "@connectrpc/connect";
import { codeToHttpStatus, errorToJsonBytes } from "@connectrpc/connect/protocol-connect";

/** What the relay saw of a call. */
type Seen = {
  readonly path: string;
  readonly requestId: string | undefined;
  readonly timeoutMs: number;
  readonly authorization: string | undefined;
};

/**
 * What becomes of a call. `cut`: the service answers, and the connection is cut in place of the answer. `halve`: it is
 * cut in the midst of the answer. `refuse`: it is cut before the service hears of the call. `hold`: nothing happens.
 * Otherwise this is the answer, and the service does not hear of the call.
 */
export type Fate = "pass" | "cut" | "halve" | "refuse" | "hold" | ConnectError | Page;

/** An answer that is not the API's. */
export type Page = { readonly status: number; readonly type: string; readonly body: string | Uint8Array };

/** A way to the service, over HTTP/1.1, by which calls come to grief. */
export type Relay = {
  readonly url: string;
  /** The calls that came, since it was last asked. */
  takeSeen(): readonly Seen[];
  /** Says what becomes of the next calls, one each; all others pass. */
  fates(...next: readonly Fate[]): void;
  close(): Promise<void>;
};

/** Starts one, which also serves pages by their path. */
export async function startRelay(serviceUrl: string, pages: Readonly<Record<string, Page>> = {}): Promise<Relay> {
  let seen: Seen[] = [];
  let queue: readonly Fate[] = [];

  const server = createServer(async (request, response) => {
    const page = pages[request.url!];
    if (page !== undefined) return send(response, page);
    seen.push(look(request));
    const body = await buffer(request);
    const fate = queue[0] ?? "pass";
    queue = queue.slice(1);
    if (fate === "hold") return;
    if (fate === "refuse") return void response.destroy();
    if (typeof fate === "object") return send(response, fate instanceof ConnectError ? toPage(fate) : fate);
    const answer = await passOn(serviceUrl, request, body);
    if (fate === "cut") return void response.destroy();
    const bytes = Buffer.from(await answer.arrayBuffer());
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !ofConnection.has(name)));
    response.writeHead(answer.status, { ...headers, "content-length": bytes.byteLength });
    if (fate === "pass") return void response.end(bytes);
    response.write(bytes.subarray(0, bytes.byteLength / 2), () => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    takeSeen() {
      const taken = seen;
      seen = [];
      return taken;
    },
    fates(...next) {
      queue = next;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** Headers of one connection, and of a body that is unpacked on the way. */
const ofConnection = new Set([
  "host",
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "content-encoding",
  "accept-encoding",
]);

function passOn(serviceUrl: string, { url, method, headers }: IncomingMessage, body: Buffer<ArrayBuffer>) {
  const passed = Object.entries(headers).filter(([name]) => !ofConnection.has(name)) as [string, string][];
  const hasBody = method !== "GET" && method !== "HEAD";
  return fetch(`${serviceUrl}${url}`, { method: method!, headers: passed, ...(hasBody && { body }) });
}

function look({ url, headers }: IncomingMessage): Seen {
  return {
    path: url!,
    requestId: headers["x-request-id"] as string | undefined,
    timeoutMs: Number(headers["connect-timeout-ms"]),
    authorization: headers.authorization,
  };
}

function toPage(error: ConnectError): Page {
  const body = errorToJsonBytes(error, undefined);
  return { status: codeToHttpStatus(error.code), type: "application/json", body };
}

function send(response: ServerResponse, { status, type, body }: Page): void {
  response.writeHead(status, { "content-type": type }).end(body);
}
