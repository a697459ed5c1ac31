import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fromJsonString } from "@bufbuild/protobuf";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { DashboardsService, RenderResponseSchema } from "../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { type Child, serveParent, startChild } from "./child.ts";

/**
 * Starts a server of connect-node in a process of its own, which has nothing to do but to answer with the next of these
 * messages. It checks nothing and logs nothing. Its JSON has the proto's names, so that both sides send the same bytes.
 */
export async function startConnectReference(messages: readonly string[]): Promise<Child & { readonly url: string }> {
  const child = await startChild<number>(import.meta.filename, messages);
  return { ...child, url: `http://127.0.0.1:${child.ready}` };
}

// Started as a process, it is the server.
if (import.meta.main) {
  serveParent<readonly string[]>(async (texts) => {
    const messages = texts.map((text) => fromJsonString(RenderResponseSchema, text));
    let next = 0;
    const render = () => {
      const message = messages[next]!;
      next = (next + 1) % messages.length;
      return message;
    };
    const handler = connectNodeAdapter({
      routes: (router) => router.service(DashboardsService, { render }),
      jsonOptions: { useProtoFieldName: true, alwaysEmitImplicit: true },
    });
    const server = createServer(handler);
    // Its connections stay open while it is not its turn.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      ready: (server.address() as AddressInfo).port,
      close() {
        server.close();
        server.closeAllConnections();
      },
    };
  });
}
