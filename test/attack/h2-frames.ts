/** What every HTTP/2 connection begins with (RFC 9113, 3.4), settings included. */
export function preface(settings: Readonly<Record<number, number>> = {}): Buffer {
  const payload = Buffer.concat(
    Object.entries(settings).map(([id, value]) => {
      const setting = Buffer.alloc(6);
      setting.writeUInt16BE(Number(id), 0);
      setting.writeUInt32BE(value, 2);
      return setting;
    }),
  );
  return Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame({ type: types.settings, payload })]);
}

/** Types of frames (RFC 9113, 6). */
export const types = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags of frames. */
export const flags = { endStream: 1, ack: 1, endHeaders: 4 } as const;

/** The setting of how many bytes of a stream may be sent before more are asked for. */
export const initialWindowSize = 4;

/** A frame; stream 0 is the connection. */
export type Frame = {
  readonly type: number;
  readonly flags?: number;
  readonly stream?: number;
  readonly payload?: Buffer;
};

/** Writes a frame, of at most 16 KiB (RFC 9113, 4.1). */
export function frame({ type, flags: set = 0, stream = 0, payload = Buffer.alloc(0) }: Frame): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(set, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Writes a head by HPACK without compression: literal fields that are not indexed (RFC 7541, 6.2.2). */
export function headBlock(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0), text(name), text(value)]));
}

/** Reads the types of the whole frames at the start of what a connection gave, and how many bytes they took. */
export function readFrameTypes(bytes: Buffer): { readonly types: readonly number[]; readonly usedBytes: number } {
  const found: number[] = [];
  let at = 0;
  while (at + 9 <= bytes.length) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    if (end > bytes.length) break;
    found.push(bytes[at + 3]!);
    at = end;
  }
  return { types: found, usedBytes: at };
}

/** A string that is not Huffman-coded (RFC 7541, 5.2); lengths from 127 on take more bytes (5.1). */
function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const rest: number[] = [];
  let left = bytes.length - 127;
  for (; left >= 128; left >>= 7) rest.push((left & 127) | 128);
  return Buffer.concat([Buffer.of(127, ...rest, left), bytes]);
}
