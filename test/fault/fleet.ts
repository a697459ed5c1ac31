import { request } from "node:http";
import { type ApiAnswer, type ApiCall, type Caller, createCaller } from "./api.ts";

/** Processes that serve the same, and clients that go round them, as behind a balancer. */
export type Fleet = {
  /** Makes an API's call on the next process, and never a second time. */
  readonly caller: Caller;
  /** Opens a page's path on the next process, in the same way. */
  open(path: string): Promise<ApiAnswer>;
  /** Lets a process have calls from now on. */
  join(url: string): void;
  /** Lets it have no more of them, as a balancer does that was told. */
  leave(url: string): void;
  /** What came of all calls. */
  readonly tally: FleetTally;
};

/** Counts of calls. */
export type FleetTally = {
  answers: number;
  /** Answers of faults, and calls without an answer, a line each. */
  readonly problems: string[];
};

/** Creates a fleet without processes. Each call takes a connection of its own, as from many clients. */
export function createFleet(token: string): Fleet {
  const members: { readonly port: number; readonly caller: Caller }[] = [];
  const tally: FleetTally = { answers: 0, problems: [] };
  let turn = 0;

  const onNext = async (what: string, ask: (member: (typeof members)[number]) => Promise<ApiAnswer>) => {
    turn += 1;
    const answer = await ask(members[turn % members.length]!).catch((error: unknown) => {
      tally.problems.push(`${what} had no answer: ${error}`);
      throw error;
    });
    tally.answers += 1;
    if (answer.status >= 400) tally.problems.push(`${what} was answered ${answer.status} ${answer.text}`);
    return answer;
  };

  return {
    caller: (call: ApiCall, key) => onNext(`${call.method} ${call.path}`, ({ caller }) => caller(call, key)),
    open: (path) => onNext("a page", ({ port }) => openPage(port, path)),
    join(url) {
      const port = Number(new URL(url).port);
      members.push({ port, caller: createCaller(port, token) });
    },
    leave(url) {
      const at = members.findIndex(({ port }) => port === Number(new URL(url).port));
      if (at >= 0) members.splice(at, 1);
    },
    tally,
  };
}

function openPage(port: number, path: string): Promise<ApiAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
  const asked = request({ agent: false, host: "127.0.0.1", port, path });
  asked.once("error", reject).once("response", (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    answer.once("error", reject).once("end", () => resolve({ status: answer.statusCode!, text }));
  });
  asked.end();
  return promise;
}
