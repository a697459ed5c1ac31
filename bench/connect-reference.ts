/**
 * A server of connect-node, which has nothing to do but to answer with the next of the messages. It checks nothing and
 * logs nothing. Its JSON has the proto's names, so that both sides send the same bytes.
 */
import { fromJsonString } from "@bufbuild/protobuf";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { DashboardsService, RenderResponseSchema } from "../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { serveParent } from "./child.ts";
import { serveHttp } from "./reference.ts";

serveParent<readonly string[]>((texts) => {
  const messages = texts.map((text) => fromJsonString(RenderResponseSchema, text));
  let next = 0;
  const render = () => {
    const message = messages[next]!;
    next = (next + 1) % messages.length;
    return message;
  };
  return serveHttp(
    connectNodeAdapter({
      routes: (router) => router.service(DashboardsService, { render }),
      jsonOptions: { useProtoFieldName: true, alwaysEmitImplicit: true },
    }),
  );
});
