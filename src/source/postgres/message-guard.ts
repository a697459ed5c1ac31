import { createMessageBuffer } from "./message-buffer.ts";

/**
 * Checks what a PostgreSQL server sends before the driver sees it. Tenants choose the servers, and
 * postgres.js 3.4.9 trusts them: an answer out of turn throws where nobody catches it, which ends the
 * process, as does a login of no rounds of hashing, while one of a billion rounds stops it for as long. A
 * column's name without an end stops it for ever, and a value of a negative length lets a row be read again and
 * again, until no memory is left.
 */
export type MessageGuard = {
  /**
   * Takes the next bytes. Returns the messages that are whole by now, for the driver, which may be none; or what
   * is wrong with them, in which case the driver must get nothing more.
   */
  take(chunk: Buffer): Buffer | string;
  /** Says that the server is asked one more thing, and how many rows it may answer. It has one turn for each. */
  ask(maxRows: number): void;
};

/**
 * Creates the guard of one connection, from the first byte of the protocol.
 *
 * @param encrypted whether a password may be sent as it is
 */
export function createMessageGuard(encrypted: boolean): MessageGuard {
  const buffer = createMessageBuffer();
  let loggedIn = false;
  let inTransaction = false;
  let columns: number | undefined;
  let spoken = 0;
  /** How many rows may come in this turn, and in those after it; the first is the login. */
  const turns = [0];
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
        const rounds = Number(scramChallenge.exec(body.toString("latin1", 4))?.[1] ?? 0);
        if (rounds === 0 || !asked.has(login.sasl)) return outOfTurn;
        return rounds > maxRounds ? `the login takes more than ${maxRounds} rounds of hashing` : undefined;
      }
      case login.saslFinal:
        return asked.has(login.saslContinue) ? undefined : outOfTurn;
      default:
        return unknownLogin;
    }
  };

  const check = (type: number, body: Buffer): string | undefined => {
    // The driver throws for each answer to what was not asked, and for each row without columns, which is slow.
    if (!anyTime.has(type) && (turns.length === 0 || loggedIn === loginOnly.has(type))) return outOfTurn;
    if (type !== message.noticeResponse && type !== message.dataRow) spoken += 1;
    if (spoken > maxSpoken) return outOfTurn;
    switch (type) {
      case message.dataRow:
        turns[0]! -= 1;
        return turns[0]! >= 0 && isRow(body, columns) ? undefined : outOfTurn;
      case message.authentication:
        return checkLogin(body);
      case message.rowDescription:
        columns = body.length < 2 ? 0 : body.readUInt16BE(0);
        return areColumns(body, columns) ? undefined : outOfTurn;
      case message.errorResponse:
      case message.noticeResponse:
        return hasTexts(body, maxFields) ? undefined : outOfTurn;
      case message.parameterStatus:
        return hasTexts(body, 2) ? undefined : outOfTurn;
      case message.readyForQuery:
        if (turns.shift() === undefined) return outOfTurn;
        [loggedIn, columns, spoken] = [true, undefined, 0];
        inTransaction = body[0] !== idle;
        return undefined;
      case message.parameterDescription:
        // The driver answers it by running what was described.
        return inTransaction ? undefined : "the server began no transaction";
      default:
        return undefined;
    }
  };

  return {
    take(chunk) {
      const bytes = buffer.add(chunk);
      if (bytes === undefined) return nothing;
      let at = 0;
      let wanted = headerBytes;
      while (bytes.length - at >= headerBytes) {
        const type = bytes[at]!;
        const length = bytes.readUInt32BE(at + 1);
        if (length < 4 || length > (maxLengths.get(type) ?? 0)) return outOfTurn;
        const end = at + 1 + length;
        wanted = 1 + length;
        if (end > bytes.length) break;
        const problem = check(type, bytes.subarray(at + headerBytes, end));
        if (problem !== undefined) return problem;
        at = end;
        wanted = headerBytes;
      }
      buffer.keep(at, wanted);
      return bytes.subarray(0, at);
    },
    ask: (maxRows) => void turns.push(maxRows),
  };
}

/** Whether each column is there whole, and nothing else. */
function areColumns(body: Buffer, columns: number): boolean {
  if (columns > maxColumns) return false;
  let at = 2;
  for (let count = columns; count > 0; count -= 1) {
    const nameEnd = body.indexOf(0, at);
    if (nameEnd < 0) return false;
    at = nameEnd + 1 + columnBytes;
  }
  return at === body.length;
}

/** Whether there is one value for each column, and nothing else. */
function isRow(body: Buffer, columns: number | undefined): boolean {
  if (columns === undefined || body.length < 2 || body.readUInt16BE(0) !== columns) return false;
  let at = 2;
  for (let count = columns; count > 0; count -= 1) {
    if (at + 4 > body.length) return false;
    const length = body.readInt32BE(at);
    if (length < noValue) return false;
    at += 4 + Math.max(0, length);
  }
  return at === body.length;
}

/** Whether no more than so many texts stand there, since each takes its time: 16 MB hold as many. */
function hasTexts(body: Buffer, most: number): boolean {
  let count = 0;
  for (let at = body.indexOf(0); at >= 0 && count <= most; at = body.indexOf(0, at + 1)) count += 1;
  return count <= most;
}

const nothing: Buffer = Buffer.alloc(0);

/** What is wrong with a server that answers what it was not asked. */
export const outOfTurn = "the server does not speak PostgreSQL's protocol as it should";

const unknownLogin = "the server asks for a kind of login that is not supported";

/** PostgreSQL's own number is 4096. A hundred thousand hold the process up for some 50 ms. */
const maxRounds = 100_000;

/** How often a server may speak in a turn beside rows and notices, of which an honest one needs some ten. */
const maxSpoken = 1000;

/** PostgreSQL's own limit of what a statement answers. */
const maxColumns = 1664;

/** An error has 18 at most, and an end. */
const maxFields = 32;

const headerBytes = 5;

/** What stands behind a column's name. */
const columnBytes = 18;

/** How a server is ready outside a transaction. */
const idle = 0x49;

/** Stands in place of a value's length. */
const noValue = -1;

/** @see https://www.postgresql.org/docs/current/protocol-message-formats.html */
const login = { ok: 0, clearText: 3, md5: 5, sasl: 10, saslContinue: 11, saslFinal: 12 } as const;

/** @see https://www.rfc-editor.org/rfc/rfc5802#section-7 */
const scramChallenge = /^r=[\x21-\x2b\x2d-\x7e]+,s=[A-Za-z0-9+/]+={0,2},i=(\d{1,9})$/;

const message = {
  authentication: 0x52,
  dataRow: 0x44,
  errorResponse: 0x45,
  noticeResponse: 0x4e,
  parameterDescription: 0x74,
  parameterStatus: 0x53,
  readyForQuery: 0x5a,
  rowDescription: 0x54,
} as const;

/** What a server may say though it was not asked, and what ends a login. */
const anyTime: ReadonlySet<number> = new Set(Buffer.from("ENSZ"));

const loginOnly: ReadonlySet<number> = new Set(Buffer.from("RK"));

/**
 * How long messages may be, each with its length: all but what belongs to COPY, LISTEN, function calls, portals
 * with a limit and other versions, of which none are asked for. Errors quote what they are about.
 */
const maxLengths: ReadonlyMap<number, number> = new Map(
  Object.entries({
    ...{ R: 4096, S: 65_536, K: 12, Z: 5 },
    ...{ 1: 4, 2: 4, n: 4, I: 4, t: 262_144, T: 1 << 20 },
    ...{ D: 0xffffffff, C: 256, E: 1 << 20, N: 1 << 20 },
  }).map(([type, length]) => [type.charCodeAt(0), length]),
);
