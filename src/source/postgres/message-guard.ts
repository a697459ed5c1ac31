/**
 * Checks what a PostgreSQL server sends before the driver sees it. Tenants choose the servers, and
 * postgres.js 3.4.9 trusts them: an answer out of turn throws where nobody catches it, which ends the
 * process, a login that asks for a billion rounds of hashing stops it for as long, and a column's name
 * without an end stops it for ever.
 */
export type MessageGuard = {
  /** Takes the next bytes. Returns what is wrong with them, in which case the driver must not get them. */
  check(chunk: Buffer): string | undefined;
};

/**
 * Creates the guard of one connection, from the first byte of the protocol.
 *
 * @param encrypted whether a password may be sent as it is
 */
export function createMessageGuard(encrypted: boolean): MessageGuard {
  let held: Buffer = Buffer.alloc(0);
  let toSkip = 0;
  let loggedIn = false;
  const asked = new Set<number>();

  const checkLogin = (body: Buffer): string | undefined => {
    const kind = body.length < 4 ? -1 : body.readUInt32BE(0);
    if (loggedIn || asked.has(kind)) return outOfTurn;
    asked.add(kind);
    switch (kind) {
      case login.ok:
      case login.md5:
        return undefined;
      case login.clearText:
        return encrypted ? undefined : "the server asks for the password in clear text, and there is no TLS";
      case login.sasl:
        return body.includes("SCRAM-SHA-256\0") ? undefined : unknownLogin;
      case login.saslContinue: {
        const rounds = scramChallenge.exec(body.toString("latin1", 4))?.[1];
        if (rounds === undefined || !asked.has(login.sasl)) return outOfTurn;
        return Number(rounds) > maxRounds ? `the login takes more than ${maxRounds} rounds of hashing` : undefined;
      }
      case login.saslFinal:
        return asked.has(login.saslContinue) ? undefined : outOfTurn;
      default:
        return unknownLogin;
    }
  };

  return {
    check(chunk) {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      held = Buffer.alloc(0);
      let at = Math.min(toSkip, bytes.length);
      toSkip -= at;
      while (at < bytes.length) {
        if (bytes.length - at < headerBytes) {
          held = bytes.subarray(at);
          return undefined;
        }
        const type = bytes[at]!;
        const length = bytes.readUInt32BE(at + 1);
        const end = at + 1 + length;
        if (!expected.has(type) || length < 4) return outOfTurn;
        const maxLength = maxWholeBytes.get(type);
        if (maxLength !== undefined) {
          if (length > maxLength) return outOfTurn;
          if (end > bytes.length) {
            held = bytes.subarray(at);
            return undefined;
          }
          const body = bytes.subarray(at + headerBytes, end);
          const problem = type === authentication ? checkLogin(body) : checkColumns(body);
          if (problem !== undefined) return problem;
        }
        if (type === readyForQuery) loggedIn = true;
        toSkip = Math.max(0, end - bytes.length);
        at = Math.min(end, bytes.length);
      }
      return undefined;
    },
  };
}

/** Whether each column is there whole, and nothing else. */
function checkColumns(body: Buffer): string | undefined {
  if (body.length < 2) return outOfTurn;
  let at = 2;
  for (let count = body.readUInt16BE(0); count > 0; count -= 1) {
    const nameEnd = body.indexOf(0, at);
    if (nameEnd < 0) return outOfTurn;
    at = nameEnd + 1 + columnBytes;
  }
  return at === body.length ? undefined : outOfTurn;
}

const outOfTurn = "the server does not speak PostgreSQL's protocol as it should";

const unknownLogin = "the server asks for a kind of login that is not supported";

/** PostgreSQL's own number is 4096. A hundred thousand hold the process up for some 50 ms. */
const maxRounds = 100_000;

const headerBytes = 5;

/** What stands behind a column's name. */
const columnBytes = 18;

/** @see https://www.postgresql.org/docs/current/protocol-message-formats.html */
const login = { ok: 0, clearText: 3, md5: 5, sasl: 10, saslContinue: 11, saslFinal: 12 } as const;

/** @see https://www.rfc-editor.org/rfc/rfc5802#section-7 */
const scramChallenge = /^r=[\x21-\x2b\x2d-\x7e]+,s=[A-Za-z0-9+/]+={0,2},i=(\d{1,9})$/;

const authentication = 0x52;
const rowDescription = 0x54;
const readyForQuery = 0x5a;

/** Messages that are looked at, and how long they may be: a table has at most 1,600 columns. */
const maxWholeBytes: ReadonlyMap<number, number> = new Map([
  [authentication, 4096],
  [rowDescription, 1 << 20],
]);

/** All but what belongs to COPY, LISTEN, function calls, portals with a limit and other versions: none are asked for. */
const expected: ReadonlySet<number> = new Set(Buffer.from("RSKZ12tTnDCENI"));
