import { Agent, request } from "node:http";
import type { RawRequest } from "./raw-client.ts";

/** An answer as it was taken from the wire: its headers are names and values by turns. */
export type RawAnswer = { readonly status: number; readonly headers: readonly string[]; readonly body: Buffer };

/** What Node says by itself of each answer and connection. */
const ofTheServer = new Set(["date", "connection", "keep-alive"]);

/**
 * Sends requests one after another, and returns their answers as they came, without what Node adds to them. Throws where
 * one has another status than that.
 */
export async function takeRawAnswers(
  url: string,
  requests: readonly RawRequest[],
  status = 200,
): Promise<readonly RawAnswer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const answers: RawAnswer[] = [];
    for (const one of requests) answers.push(await takeAnswer(url, one, agent, status));
    return answers;
  } finally {
    agent.destroy();
  }
}

function takeAnswer(
  url: string,
  { path, headers, body }: RawRequest,
  agent: Agent,
  status: number,
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const sent = request(new URL(path, url), { method: "POST", headers, agent }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("error", reject);
    answer.on("end", () => {
      const bytes = Buffer.concat(chunks);
      if (answer.statusCode === status) resolve({ status, headers: ownHeaders(answer.rawHeaders), body: bytes });
      else reject(new Error(`${path}: ${answer.statusCode} ${bytes}`));
    });
  });
  sent.on("error", reject);
  sent.end(body);
  return promise;
}

function ownHeaders(raw: readonly string[]): readonly string[] {
  return raw.filter((_, at) => !ofTheServer.has(raw[at - (at % 2)]!.toLowerCase()));
}
