/** What a listener lets callers take. */
export type Limits = {
  /** Bytes of a request's head. */
  readonly maxHeaderBytes: number;
  /** From the first byte of a request to the end of its head; also for a connection to say anything. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to the end of its body. */
  readonly requestTimeoutMs: number;
  /** How long an HTTP/1.1 connection may wait for its next request. */
  readonly keepAliveTimeoutMs: number;
  /** How long a connection may be without any traffic; one of HTTP/2 with open streams is asked whether it lives. */
  readonly idleTimeoutMs: number;
  /** Open connections. One more sends away the one that has been idle longest, or is refused where none is. */
  readonly maxConnections: number;
  /** The same for one address, unless it is a trusted proxy's. */
  readonly maxConnectionsPerAddress: number;
  /** Concurrent streams of an HTTP/2 connection. */
  readonly maxStreams: number;
};

/**
 * Heads hold a bearer token of up to 8 KiB twice over; times are those of a slow mobile network.
 * Kept-alive connections outlive the 60 s after which common load balancers close theirs, so that it
 * is never us who closes first. An address may be that of a whole office, but not a quarter of the world.
 */
export const defaultLimits: Limits = {
  maxHeaderBytes: 16 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  idleTimeoutMs: 120_000,
  maxConnections: 1_000,
  maxConnectionsPerAddress: 256,
  maxStreams: 100,
};
