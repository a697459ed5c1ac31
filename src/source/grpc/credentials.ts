import { X509Certificate } from "node:crypto";
import { isIP, type Socket } from "node:net";
import { checkServerIdentity, connect, createSecureContext, type SecureContext } from "node:tls";
import { CallCredentials, ChannelCredentials, type experimental } from "@grpc/grpc-js";
import { SourceError } from "../source-error.ts";

/** What a channel speaks, and with whom. */
export type GrpcCredentialsOptions = {
  /** As it was configured: the name or the address that the certificate must be for. */
  readonly host: string;
  readonly tls: boolean;
  /** PEM; the usual authorities are believed where it is empty. */
  readonly caCertificate: string;
};

/**
 * The credentials of one channel, over grpc-js's own for two reasons. Its own verify the name to which they
 * connect, which is an address here, or send it as the name of a server, which Node refuses for addresses.
 * And it leaves a socket open on which a handshake never ends: these close it by `hangUp`.
 */
export class GrpcCredentials extends ChannelCredentials {
  readonly #host: string;
  readonly #context: SecureContext | undefined;
  readonly #sockets = new Set<Socket>();
  #ended = false;

  /** Throws SourceError where the CA certificate cannot be read. */
  constructor({ host, tls, caCertificate }: GrpcCredentialsOptions) {
    super();
    this.#host = host;
    this.#context = tls ? createContext(caCertificate) : undefined;
  }

  /** Closes whatever is open, and what would be opened from now on. */
  hangUp(): void {
    this.#ended = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  override _isSecure(): boolean {
    return this.#context !== undefined;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(): experimental.SecureConnector {
    return {
      connect: async (socket) => {
        if (this.#ended) throw new Error("closed");
        this.#sockets.add(socket);
        socket.once("close", () => this.#sockets.delete(socket));
        if (this.#context === undefined) return { socket, secure: false };
        return { socket: await shakeHands(socket, this.#host, this.#context), secure: true };
      },
      waitForReady: async () => {},
      getCallCredentials: () => CallCredentials.createEmpty(),
      destroy: () => {},
    };
  }
}

function createContext(caCertificate: string): SecureContext {
  try {
    // A context passes over what it cannot read, and then believes nobody.
    if (caCertificate !== "") new X509Certificate(caCertificate);
    return createSecureContext({ minVersion: "TLSv1.2", ...(caCertificate && { ca: caCertificate }) });
  } catch {
    throw new SourceError("source_failed", "the CA certificate cannot be read");
  }
}

function shakeHands(socket: Socket, host: string, secureContext: SecureContext): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secured = connect({
      socket,
      secureContext,
      // Whatever the environment says.
      rejectUnauthorized: true,
      ALPNProtocols: ["h2"],
      ...(isIP(host) === 0 && { servername: host }),
      checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
    });
    secured.once("secureConnect", () => resolve(secured));
    secured.on("error", reject);
  });
}
