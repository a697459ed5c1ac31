import { once } from "node:events";
import { createServer, type Http2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { create, toBinary } from "@bufbuild/protobuf";
import { QueryResponseSchema } from "../../../gen/datajetty/source/v1/source_service_pb.js";

/** How a gRPC upstream answers. Without any of it: a row. */
export type GrpcReply = {
  /** The status of the call. */
  readonly code?: number;
  readonly message?: string;
  readonly delayMs?: number;
  /** The session is told to end, and nothing follows. */
  readonly goaway?: boolean;
  readonly contentType?: string;
};

/** A gRPC service under the harness' control, down to its frames. */
export type GrpcUpstream = {
  readonly calls: () => number;
  /** What it answers from now on. */
  reply(reply: GrpcReply): void;
  /** Listens at a free port, and returns it. */
  listen(host: string): Promise<number>;
  close(): void;
};

/** Creates one that answers a row. */
export function createGrpcUpstream(): GrpcUpstream {
  let current: GrpcReply = {};
  let calls = 0;
  const sessions = new Set<Http2Session>();
  const server = createServer();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => {}).once("close", () => sessions.delete(session));
  });
  server.on("stream", (stream: ServerHttp2Stream) => {
    calls += 1;
    stream.on("error", () => {});
    const reply = current;
    // What is later than the run is of no interest.
    setTimeout(() => stream.destroyed || answer(stream, reply), reply.delayMs ?? 0).unref();
  });
  return {
    calls: () => calls,
    reply(reply) {
      current = reply;
    },
    async listen(host) {
      server.listen(0, host);
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    },
    close() {
      server.close();
      for (const session of sessions) session.destroy();
    },
  };
}

function answer(stream: ServerHttp2Stream, { code, message, goaway, contentType }: GrpcReply): void {
  if (goaway) {
    stream.session?.goaway();
    return;
  }
  const head = { ":status": 200, "content-type": contentType ?? "application/grpc" };
  if (contentType !== undefined) {
    stream.respond(head);
    stream.end("<p>hello</p>");
    return;
  }
  if (code !== undefined) {
    const trailers = { "grpc-status": code, "grpc-message": encodeURIComponent(message ?? "") };
    stream.respond({ ...head, ...trailers }, { endStream: true });
    return;
  }
  stream.respond(head, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(frame());
}

/** A message behind its length, as gRPC over HTTP/2 has it. */
function frame(): Buffer {
  const message = toBinary(
    QueryResponseSchema,
    create(QueryResponseSchema, {
      rows: 1,
      columns: [
        { name: "label", values: { case: "strings", value: { values: ["row-UP-1"] } } },
        { name: "amount", values: { case: "doubles", value: { values: [1] } } },
      ],
    }),
  );
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
