/**
 * A server of grpc-js, which answers with the next of the messages. It keeps them as bytes, and leaves requests as they
 * are: grpc-js lets whoever uses it choose what turns messages into bytes, and so its best user writes none of them
 * twice.
 */
import { Server, ServerCredentials, type UntypedHandleCall } from "@grpc/grpc-js";
import { serveParent } from "./child.ts";
import { renderMethod } from "./grpc-calls.ts";

serveParent<readonly Buffer[]>(async (messages) => {
  let next = 0;
  const same = (bytes: Buffer) => bytes;
  const render: UntypedHandleCall = (_: unknown, done: (error: null, message: Buffer) => void) => {
    const message = messages[next]!;
    next = (next + 1) % messages.length;
    done(null, message);
  };
  const server = new Server();
  const method = { path: renderMethod, requestStream: false, responseStream: false } as const;
  const plain = { requestSerialize: same, requestDeserialize: same, responseSerialize: same };
  server.addService({ render: { ...method, ...plain, responseDeserialize: same } }, { render });
  const port = await new Promise<number>((resolve, reject) => {
    const settle = (error: Error | null, at: number) => (error ? reject(error) : resolve(at));
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), settle);
  });
  return { ready: port, close: () => server.forceShutdown() };
});
