/** The service's listener as it is when too much is asked: it has room for nobody. Ready with the port. */
import { startListener } from "../test/http/start.ts";
import { serveParent } from "./child.ts";

serveParent(async () => {
  const admission = { isFull: () => true, refuse: () => {}, enter: async () => undefined };
  const { listener, port } = await startListener({}, { admission });
  return { ready: port, close: () => listener.close(0) };
});
