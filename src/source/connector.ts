import type { ConnectionSecret } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import type { ConnectionKind } from "../definition/connection-settings.ts";
import type { Frame } from "../frame/frame.ts";

/** A tenant's connection, as one of its revisions has it. */
export type OpenConnection<Case extends ConnectionKind["case"] = ConnectionKind["case"]> = {
  readonly tenant: string;
  readonly name: string;
  /** No two revisions of a tenant's connection have one, also where it was deleted in between. */
  readonly revision: number;
  readonly kind: Extract<ConnectionKind, { readonly case: Case }>;
  /** Decrypts the secret; one that is empty where none is kept. Throws SourceError where it cannot be had. */
  readonly secret: () => Promise<ConnectionSecret>;
};

/** Where a host and port lead: what was judged is what is connected to. `host` is an IP address, `path` a socket's. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * Resolves a host, once, and judges where it leads. Throws SourceError for what does not resolve, and for
 * any address that is not public, unless the operator has allowed exactly that host and port.
 */
export type ResolveAddress = (host: string, port: number) => Promise<Address>;

/** How long a host may take to let us connect, TLS and a login included: what takes longer is down, or elsewhere. */
export const connectMs = 2_000;

/** What a read may take. Rows and bytes beyond are left out, and the frame says so. */
export type ReadBounds = {
  /** The IANA name of the zone in which wall clocks are read. */
  readonly timezone: string;
  readonly maxRows: number;
  /** Of the frame, in memory. */
  readonly maxBytes: number;
  /** For how long the read may go on, also where the other side does not stop. */
  readonly timeoutMs: number;
  /** Aborted when nobody wants the rows any more, at the end of that time at the latest. */
  readonly signal: AbortSignal;
};

/**
 * Reads from systems of one kind. Every failure is a SourceError, whose message is in the words of whoever
 * runs the connection and names no address, secret or data: they see it when they test the connection.
 */
export type Connector<Case extends ConnectionKind["case"], Question> = {
  /** Reads rows. What a connector keeps open for later reads belongs to one tenant, connection and revision. */
  read(connection: OpenConnection<Case>, question: Question, bounds: ReadBounds): Promise<Frame>;
  /** Resolves when the other side is reached and lets the connection in. */
  probe(connection: OpenConnection<Case>, bounds: Pick<ReadBounds, "timeoutMs" | "signal">): Promise<void>;
  /** Ends what it has open. */
  close(): Promise<void>;
};
