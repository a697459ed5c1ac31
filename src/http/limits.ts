/** What a listener lets callers take. */
export type Limits = {
  /** Bytes of a request's head. */
  readonly maxHeaderBytes: number;
  /** From the first byte of a request to the end of its head; also for a connection to say anything. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to the end of its body. */
  readonly requestTimeoutMs: number;
  /** From the end of an answer's making until its caller has taken its last byte. */
  readonly sendTimeoutMs: number;
  /** Bytes of such answers in all. Beyond that, those that have waited longest are cut off. */
  readonly maxUnsentBytes: number;
  /** How long an HTTP/1.1 connection may wait for its next request. */
  readonly keepAliveTimeoutMs: number;
  /** How long a connection may be without any traffic; one of HTTP/2 with open streams is asked whether it lives. */
  readonly idleTimeoutMs: number;
  /** Open connections. One more sends away the one that has been idle longest, or is refused where none is. */
  readonly maxConnections: number;
  /** The same for one IPv4 address or IPv6 /64, unless it is a trusted proxy's. */
  readonly maxConnectionsPerAddress: number;
  /** Concurrent streams of an HTTP/2 connection. */
  readonly maxStreams: number;
  /** Streams that an HTTP/2 connection may reset at once, and each second from then on, before it is ended. */
  readonly maxResets: number;
  readonly maxResetsPerSecond: number;
};

/**
 * Heads hold a bearer token of up to 8 KiB twice over; times are those of a slow mobile network, and what is unsent is
 * some sixty of the largest pages.
 * Kept-alive connections outlive the 60 s after which common load balancers close theirs, so that it
 * is never us who closes first. An address may be that of a whole office, but not a quarter of the world.
 * A gateway that gives up may reset all its streams, and those that take their place: each has cost us the work of
 * a request's beginning, of which a thousand in one turn would hold everybody up for most of a second.
 */
export const defaultLimits: Limits = {
  maxHeaderBytes: 16 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  sendTimeoutMs: 60_000,
  maxUnsentBytes: 128 * 1024 * 1024,
  keepAliveTimeoutMs: 65_000,
  idleTimeoutMs: 120_000,
  maxConnections: 1_000,
  maxConnectionsPerAddress: 256,
  maxStreams: 100,
  maxResets: 200,
  maxResetsPerSecond: 100,
};
