import type { JsonObject } from "@bufbuild/protobuf";
import type { Round } from "./benchmark.ts";
import type { Boards } from "./boards.ts";
import { type Client, compareCosts } from "./compare-cost.ts";
import type { Reference } from "./reference.ts";
import { startTenants } from "./tenants.ts";

/** How renders are asked for, and what else could answer them. Requests are one a token, in the tokens' order. */
export type Way<Answer> = {
  /** Asks for each once, one after another. */
  takeAnswers(url: string, tokens: readonly string[]): Promise<readonly Answer[]>;
  /** What an answer says, by the proto's names. */
  toMessage(answer: Answer): JsonObject;
  /** Starts a server that answers with the same, one after another and then from the first again. */
  startReference(answers: readonly Answer[]): Promise<Reference>;
  /** Starts a client that asks for them over and over. */
  startClient(url: string, tokens: readonly string[]): Promise<Client>;
};

/**
 * Counts what a render that is kept costs the service, and what it costs the reference to answer with the same. Throws
 * where a render was not kept, lacks data, or is another by the reference.
 */
export async function compareKept<Answer>(
  openBoards: () => Promise<Boards>,
  way: Way<Answer>,
  progress: (line: string) => void,
): Promise<readonly Round[]> {
  await using started = new AsyncDisposableStack();
  const begin = async <Started extends { end(): Promise<void> }>(starting: Promise<Started>): Promise<Started> => {
    const it = await starting;
    started.defer(it.end);
    return it;
  };
  progress("preparing the tenants");
  const { service, tokens } = await startTenants(await begin(openBoards()));
  started.defer(service.end);
  const answers = await way.takeAnswers(service.url, tokens);
  const reference = await begin(way.startReference(answers));
  check(answers, await way.takeAnswers(service.url, tokens), "the service made a render anew, or without its data");
  check(answers, await way.takeAnswers(reference.url, tokens), "the reference answers with something else");
  return await compareCosts(
    {
      ours: { server: service, client: await begin(way.startClient(service.url, tokens)) },
      reference: { server: reference, client: await begin(way.startClient(reference.url, tokens)) },
      cycle: tokens.length,
    },
    progress,
  );

  function check(expected: readonly Answer[], found: readonly Answer[], problem: string): void {
    const textOf = (answer: Answer) => toText(way.toMessage(answer));
    if (!expected.every((answer, at) => textOf(answer) === textOf(found[at]!))) throw new Error(problem);
  }
}

/** How long a page stays fresh is less with each second. When it was made is the same in all answers of a kept one. */
function toText({ ttl_s: _, ...message }: JsonObject): string {
  if (message.partial !== false) throw new Error("a panel lacks its data");
  return JSON.stringify(message);
}
