import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { commonHeaders, errorToAnswer } from "./answer.ts";

/** How long what still arrives is thrown away, so that the client gets to read the answer. */
const lingerMs = 1_000;

/** Answers an error on an HTTP/1.1 connection whose request Node could not read or does not answer, and closes it. */
export function refuseRaw(socket: Socket, error: unknown, requestId: string): void {
  const { status, headers, body } = errorToAnswer(error);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries({ ...commonHeaders, ...headers }).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    "connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
