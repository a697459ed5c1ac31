import type { Socket } from "node:net";
import { connect } from "node:tls";
import { CallCredentials, ChannelCredentials, type experimental } from "@grpc/grpc-js";
import { type VerifiedTlsOptions, verifiedTls } from "../verified-tls.ts";

/**
 * The credentials of one channel, over grpc-js's own for two reasons. Its own verify the name to which they
 * connect, which is an address here, or send it as the name of a server, which Node refuses for addresses.
 * And it leaves a socket open on which a handshake never ends: these close it by `hangUp`.
 */
export class GrpcCredentials extends ChannelCredentials {
  readonly #tls: ReturnType<typeof verifiedTls> | undefined;
  readonly #sockets = new Set<Socket>();
  #ended = false;

  /**
   * Throws SourceError where the authorities cannot be read.
   *
   * @param trusted whom to believe by TLS; plain text when absent
   */
  constructor(trusted: VerifiedTlsOptions | undefined) {
    super();
    this.#tls = trusted && verifiedTls(trusted);
  }

  /** Closes whatever is open, and what would be opened from now on. */
  hangUp(): void {
    this.#ended = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  override _isSecure(): boolean {
    return this.#tls !== undefined;
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
        if (this.#tls === undefined) return { socket, secure: false };
        return { socket: await shakeHands(socket, this.#tls), secure: true };
      },
      waitForReady: async () => {},
      getCallCredentials: () => CallCredentials.createEmpty(),
      destroy: () => {},
    };
  }
}

function shakeHands(socket: Socket, tls: ReturnType<typeof verifiedTls>): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secured = connect({ socket, ALPNProtocols: ["h2"], ...tls });
    secured.once("secureConnect", () => resolve(secured));
    secured.on("error", reject);
  });
}
