import { Agent, request } from "node:http";
import type { RawRequest } from "./raw-client.ts";
import type { RawAnswer } from "./raw-reference.ts";

/** What Node says by itself of each answer and connection. */
const ofTheServer = new Set(["date", "connection", "keep-alive"]);

/** Sends requests one after another, and returns their answers as they came, without what Node adds to them. */
export async function takeRawAnswers(url: string, requests: readonly RawRequest[]): Promise<readonly RawAnswer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const answers: RawAnswer[] = [];
    for (const one of requests) answers.push(await takeAnswer(url, one, agent));
    return answers;
  } finally {
    agent.destroy();
  }
}

function takeAnswer(url: string, { path, headers, body }: RawRequest, agent: Agent): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const sent = request(new URL(path, url), { method: "POST", headers, agent }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("error", reject);
    answer.on("end", () => {
      const bytes = Buffer.concat(chunks);
      if (answer.statusCode === 200) resolve({ headers: ownHeaders(answer.rawHeaders), body: bytes });
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
