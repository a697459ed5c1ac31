/** A message of PostgreSQL's protocol (version 3), whole, as it went over the wire. */
export type PostgresMessage = {
  /** The byte that tells its kind; empty for the first message of a connection, which has none. */
  readonly kind: string;
  readonly bytes: Buffer;
  /** What it carries, as Latin-1. */
  readonly text: string;
};

/**
 * Creates what cuts one direction of a connection into messages. The service's direction begins with a
 * message without a kind. The connection must be in plain text.
 */
export function createMessageReader({ fromService }: { readonly fromService: boolean }) {
  let rest: Buffer = Buffer.alloc(0);
  let begun = !fromService;

  return (bytes: Buffer): readonly PostgresMessage[] => {
    rest = Buffer.concat([rest, bytes]);
    const messages: PostgresMessage[] = [];
    for (;;) {
      const kindLength = begun ? 1 : 0;
      if (rest.length < kindLength + 4) return messages;
      const length = kindLength + rest.readUInt32BE(kindLength);
      if (rest.length < length) return messages;
      const message = rest.subarray(0, length);
      const text = message.toString("latin1", kindLength + 4);
      messages.push({ kind: message.toString("latin1", 0, kindLength), bytes: message, text });
      rest = rest.subarray(length);
      begun = true;
    }
  };
}
