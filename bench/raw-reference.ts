/**
 * The least that a server of node:http can do: it reads a request to its end, and sends the next of the answers as they
 * are, in one write. It is what remains when everything that a service is for has been done before.
 */
import { serveParent } from "./child.ts";
import { serveHttp } from "./reference.ts";
import type { RawAnswer } from "./take-raw-answers.ts";

serveParent<readonly RawAnswer[]>((answers) => {
  let next = 0;
  return serveHttp((request, response) => {
    request.on("end", () => {
      const { status, headers, body } = answers[next]!;
      next = (next + 1) % answers.length;
      response.writeHead(status, headers as string[]);
      response.end(body);
    });
    request.resume();
  });
});
