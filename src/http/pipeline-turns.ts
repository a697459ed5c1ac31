import { isHttp2, type NodeRequest } from "./message.ts";

/** What goes on for a connection: its last request's answer, and how many answers are not over. */
type Turns = { last: Promise<void>; count: number };

const none: Promise<void> = Promise.resolve();

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
    let turns = turnsOf.get(socket);
    if (turns === undefined) {
      turns = { last: none, count: 0 };
      turnsOf.set(socket, turns);
    }
    if (turns.count >= maxPipelined) {
      socket.destroy();
      return none;
    }
    const own = turns.count === 0 ? answer() : turns.last.then(answer, answer);
    turns.last = own;
    turns.count += 1;
    const end = () => {
      turns.count -= 1;
    };
    own.then(end, end);
    return own;
  };
}
