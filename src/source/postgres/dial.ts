import { X509Certificate } from "node:crypto";
import { connect, isIP, type Socket } from "node:net";
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from "node:tls";
import type { Address } from "../connector.ts";
import { SourceError } from "../source-error.ts";

/** Where a server is and how it is spoken to. */
export type Endpoint = {
  /** What was judged: no name is looked up again. */
  readonly address: Address;
  readonly tls: boolean;
  /** The host's name as it is configured: the certificate must be for it. */
  readonly host: string;
  /** Authorities to believe in place of the usual ones, as PEM; empty for the usual ones. */
  readonly caCertificate: string;
};

/**
 * Connects to a PostgreSQL server, up to where its protocol begins. The socket has no listeners left. It
 * is destroyed when the signal aborts, also later: stop listening to it once the socket is in good hands.
 * Throws SourceError.
 */
export async function dial({ address, tls, host, caCertificate }: Endpoint, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ ...address, noDelay: true });
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
    return await encrypt(socket, host, caCertificate);
  } catch (error) {
    give();
    throw error instanceof SourceError ? error : toSourceError(error);
  }
}

/** @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

async function encrypt(socket: Socket, host: string, caCertificate: string): Promise<TLSSocket> {
  // Said outright, because a variable of the environment turns it off for whoever does not say so.
  const options: ConnectionOptions = { socket, host, rejectUnauthorized: true };
  if (isIP(host) === 0) options.servername = host;
  if (caCertificate !== "") {
    if (!isCertificate(caCertificate)) throw new SourceError("source_failed", "ca_certificate holds no certificate");
    options.ca = caCertificate;
  }
  const encrypted = tlsConnect(options);
  await heard(encrypted, "secureConnect");
  return encrypted;
}

/** What TLS would pass over in silence, and then believe nobody. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
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
    const onClose = () => settle(() => reject(new SourceError("source_unavailable", "the server hung up")));
    socket.once(event, onEvent).once("error", onError).once("close", onClose);
  });
}

function toSourceError(error: unknown): SourceError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ECONNREFUSED") return new SourceError("source_unavailable", "the server refuses the connection");
  const words = certificateWords[code];
  if (words !== undefined) return new SourceError("source_failed", words);
  if (/^ERR_(?:SSL|TLS)_/.test(code)) return new SourceError("source_failed", "TLS could not be agreed on");
  return new SourceError("source_unavailable", "the server cannot be reached");
}

const unknownAuthority = "the server's certificate is not from an authority that is believed";

const certificateWords: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another host name",
};
