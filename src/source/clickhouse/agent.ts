import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { connect, isIP, type Socket } from "node:net";
import { checkServerIdentity, connect as connectTls } from "node:tls";

/** How long a connection may take to come about, TLS included. */
const connectMs = 2000;

/**
 * Creates an agent whose connections all lead to that address, whatever host a request names, so that what was
 * judged is what is connected to. A connection that takes longer than 2 s to come about fails.
 *
 * @param tls the host that the server's certificate must be for, and the authorities to believe in place of
 * the usual ones; plain text when absent
 */
export function createPinnedAgent(
  address: { readonly host: string; readonly port: number },
  tls?: { readonly host: string; readonly caCertificate: string },
): HttpAgent {
  const agent = tls === undefined ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true });
  const { host, port } = address;
  agent.createConnection = () =>
    tls === undefined ? timed(connect({ host, port }), "connect") : timed(secure(), "secureConnect");
  return agent;

  function secure(): Socket {
    const named = tls!.host;
    return connectTls({
      host,
      port,
      // An address is no server name (RFC 6066), though a certificate may be for one.
      ...(isIP(named) === 0 && { servername: named }),
      ...(tls!.caCertificate !== "" && { ca: tls!.caCertificate }),
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: true,
      checkServerIdentity: (_, certificate) => checkServerIdentity(named, certificate),
    });
  }
}

function timed(socket: Socket, ready: "connect" | "secureConnect"): Socket {
  const late = () => socket.destroy(Object.assign(new Error("no connection in time"), { code: "ETIMEDOUT" }));
  const timer = setTimeout(late, connectMs);
  const clear = () => clearTimeout(timer);
  return socket.once(ready, clear).once("close", clear);
}
