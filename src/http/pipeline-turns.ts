import { isHttp2, type NodeRequest } from "./message.ts";

/**
 * Requests that a client of HTTP/1.1 has sent without waiting for answers are answered one after another, as they have
 * to be in any case: they take one place of the service, not as many as fit into a packet.
 */
export function createPipelineTurns(): (request: NodeRequest, answer: () => Promise<void>) => Promise<void> {
  const lastOf = new WeakMap<object, Promise<void>>();
  return (request, answer) => {
    if (isHttp2(request)) return answer();
    const { socket } = request;
    const before = lastOf.get(socket);
    const own = before === undefined ? answer() : before.then(answer, answer);
    lastOf.set(socket, own);
    const forget = () => {
      if (lastOf.get(socket) === own) lastOf.delete(socket);
    };
    own.then(forget, forget);
    return own;
  };
}
