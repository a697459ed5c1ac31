import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { createConnection, type Socket } from "node:net";
import { connect } from "node:tls";
import { connectMs } from "../connector.ts";
import { type VerifiedTlsOptions, verifiedTls } from "../verified-tls.ts";

/**
 * Creates an agent whose connections all lead to that address, whatever host a request names, so that what was
 * judged is what is connected to. A connection that takes longer than 2 s to come about fails.
 * Throws SourceError where the authorities cannot be read.
 *
 * @param trusted whom to believe by TLS; plain text when absent
 */
export function createPinnedAgent(
  address: { readonly host: string; readonly port: number },
  trusted?: VerifiedTlsOptions,
): HttpAgent {
  const tls = trusted && { ALPNProtocols: ["http/1.1"], ...verifiedTls(trusted) };
  const agent = tls === undefined ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true });
  agent.createConnection = () =>
    tls === undefined
      ? timed(createConnection(address), "connect")
      : timed(connect({ ...tls, ...address }), "secureConnect");
  return agent;
}

function timed(socket: Socket, ready: "connect" | "secureConnect"): Socket {
  const late = () => socket.destroy(Object.assign(new Error("no connection in time"), { code: "ETIMEDOUT" }));
  const timer = setTimeout(late, connectMs);
  const clear = () => clearTimeout(timer);
  return socket.once(ready, clear).once("close", clear);
}
