import { isHttp2, type NodeRequest } from "./message.ts";

/** What goes on for a connection: its last request's answer, and how many are not over. */
type Turns = { last: Promise<void>; count: number };

/** Requests of a connection that wait for answers: node:http reads on behind one that is slow, without end. */
const maxPipelined = 1_000;

/**
 * Requests that a client of HTTP/1.1 has sent without waiting for answers are answered one after another, as they have
 * to be in any case: they take one place of the service, not as many as fit into a packet. A connection with more than
 * 1,000 of them is ended.
 */
export function createPipelineTurns(): (request: NodeRequest, answer: () => Promise<void>) => Promise<void> {
  const turnsOf = new WeakMap<object, Turns>();
  return (request, answer) => {
    if (isHttp2(request)) return answer();
    const { socket } = request;
    const before = turnsOf.get(socket);
    if (before !== undefined && before.count >= maxPipelined) {
      socket.destroy();
      return Promise.resolve();
    }
    const own = before === undefined ? answer() : before.last.then(answer, answer);
    const turns = before ?? { last: own, count: 0 };
    turns.last = own;
    turns.count += 1;
    turnsOf.set(socket, turns);
    const end = () => {
      turns.count -= 1;
      if (turns.count === 0) turnsOf.delete(socket);
    };
    own.then(end, end);
    return own;
  };
}
