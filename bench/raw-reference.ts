import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Child, serveParent, startChild } from "./child.ts";

/** An answer as it was taken from the wire: its headers are names and values by turns. */
export type RawAnswer = { readonly headers: readonly string[]; readonly body: Buffer };

/**
 * Starts the least that a server of node:http can do, in a process of its own: it reads a request to its end, and
 * sends the next of the answers as they are, in one write. It is what remains when everything that a service is for
 * has been done before.
 */
export async function startRawReference(answers: readonly RawAnswer[]): Promise<Child & { readonly url: string }> {
  const child = await startChild<number>(import.meta.filename, answers);
  return { ...child, url: `http://127.0.0.1:${child.ready}` };
}

// Started as a process, it is the server.
if (import.meta.main) {
  serveParent<readonly RawAnswer[]>(async (answers) => {
    let next = 0;
    const server = createServer((request, response) => {
      request.on("end", () => {
        const { headers, body } = answers[next]!;
        next = (next + 1) % answers.length;
        response.writeHead(200, headers as string[]);
        response.end(body);
      });
      request.resume();
    });
    // Its connections stay open while it is not its turn.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      ready: (server.address() as AddressInfo).port,
      close() {
        server.close();
        server.closeAllConnections();
      },
    };
  });
}
