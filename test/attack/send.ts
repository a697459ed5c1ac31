import type { Part } from "./corpus.ts";
import { type HttpResponse, jsonOf } from "./http-response.ts";
import { partsToBytes } from "./parts.ts";
import { type Exchange, exchange } from "./raw-socket.ts";

/** A request whose path, header values and body go out as they are. */
export type PlainRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: readonly Part[];
};

/** Sends a request to a port of this machine, with its variables filled in. */
export type Send = (port: number, request: PlainRequest, fill?: (text: string) => string) => Promise<Exchange>;

/** Posts JSON with a token, as a caller of the API would. */
export async function postJson(port: number, token: string, path: string, body: object): Promise<HttpResponse> {
  const headers: [string, string][] = [
    ["authorization", `Bearer ${token}`],
    ["content-type", "application/json"],
  ];
  const { responses } = await sendRequest(port, { method: "POST", path, headers, body: [JSON.stringify(body)] });
  if (responses[0] === undefined) throw new Error("the service gives no answer");
  return responses[0];
}

/** The same, where only 200 will do: returns the answer. */
export async function postFixture(
  port: number,
  token: string,
  path: string,
  body: object,
): Promise<Record<string, unknown>> {
  const answer = await postJson(port, token, path, body);
  if (answer.status !== 200) throw new Error(`a fixture was refused: ${answer.status} ${answer.body.slice(0, 500)}`);
  return jsonOf(answer)!;
}

/** A response that takes longer counts as none. */
const responseMs = 15_000;

/** Sends a request over a connection of its own. Host and Content-Length are added where they are missing. */
export const sendRequest: Send = (port, request, fill) =>
  exchange(port, requestBytes(port, request, fill), { method: request.method, waitMs: responseMs, quietMs: 0 });

/** Writes a request as it goes out. Host and Content-Length are added where they are missing. */
export async function* requestBytes(
  port: number,
  { method, path, headers, body }: PlainRequest,
  fill: (text: string) => string = (text) => text,
): AsyncGenerator<Buffer, void, void> {
  const chunks: Buffer[] = [];
  for await (const chunk of partsToBytes(body, fill)) chunks.push(chunk);
  const length = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  const lines = [...headers];
  const has = (name: string) => lines.some(([each]) => each.toLowerCase() === name);
  if (!has("host")) lines.unshift(["host", `127.0.0.1:${port}`]);
  if (body.length > 0 && !has("content-length") && !has("transfer-encoding")) {
    lines.push(["content-length", `${length}`]);
  }
  yield Buffer.from(
    `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
  );
  yield* chunks;
}
