import { createConnection, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { Address } from "../connector.ts";
import { networkFailure } from "../network-failure.ts";
import { SourceError } from "../source-error.ts";
import { type VerifiedTlsOptions, verifiedTls } from "../verified-tls.ts";

/** Where a server is and how it is spoken to. */
export type Endpoint = VerifiedTlsOptions & {
  /** What was judged: no name is looked up again. */
  readonly address: Address;
  readonly tls: boolean;
};

/**
 * Connects to a PostgreSQL server, up to where its protocol begins. The socket has no listeners left. It
 * is destroyed when the signal aborts, also later: stop listening to it once the socket is in good hands.
 * Throws SourceError.
 */
export async function dial({ address, tls, host, caCertificate }: Endpoint, signal: AbortSignal): Promise<Socket> {
  const socket = createConnection({ ...address, noDelay: true });
  const give = () => socket.destroy();
  if (signal.aborted) give();
  signal.addEventListener("abort", give, { once: true });
  try {
    await heard(socket, "connect");
    if (!tls) return socket;
    socket.write(sslRequest);
    const answer = await heard(socket, "data");
    socket.pause();
    // Whatever came along with the one byte was not encrypted, and must not be taken for what follows.
    if (answer?.length !== 1 || answer[0] !== 0x53) throw new SourceError("source_failed", "the server offers no TLS");
    return await encrypt(socket, { host, caCertificate });
  } catch (error) {
    give();
    throw error instanceof SourceError ? error : toSourceError(error);
  }
}

/** @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

async function encrypt(socket: Socket, trusted: VerifiedTlsOptions): Promise<TLSSocket> {
  const encrypted = connect({ socket, ...verifiedTls(trusted) });
  await heard(encrypted, "secureConnect");
  return encrypted;
}

/** Waits for an event. What ends the socket before it is thrown. */
function heard(socket: Socket, event: "connect" | "data" | "secureConnect"): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      socket.off(event, onEvent).off("error", onError).off("close", onClose);
      // A socket whose error nobody hears ends the process.
      socket.on("error", () => {});
      end();
    };
    const onEvent = (data?: Buffer) => settle(() => resolve(data));
    const onError = (error: unknown) => settle(() => reject(error));
    const onClose = () => settle(() => reject(new SourceError("source_unavailable", "the connection was lost")));
    socket.once(event, onEvent).once("error", onError).once("close", onClose);
  });
}

function toSourceError(error: unknown): SourceError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return networkFailure(code) ?? new SourceError("source_unavailable", "the host cannot be reached");
}
