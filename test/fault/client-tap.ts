import { connect, type Socket } from "node:net";
import type { Hold } from "./hold.ts";
import { createRelay } from "./relay.ts";

/** A way to the service, over HTTP/1.1, that can make calls wait as they arrive or as they are answered. */
export type ClientTap = {
  readonly port: number;
  /** Where the service listens now. */
  leadTo(port: number): void;
  /** Makes connections that are opened from now on wait at the hold's point; undefined lets them pass. */
  hold(hold: Hold | undefined): void;
  close(): Promise<void>;
};

/** Listens on a port of its own. Calls that are to wait must each come over a connection of their own. */
export async function createClientTap(): Promise<ClientTap> {
  let servicePort = 0;
  let hold: Hold | undefined;

  const openFar = () => connect({ port: servicePort, host: "127.0.0.1", noDelay: true });
  const relay = await createRelay(openFar, (near, far) => {
    const isHeld = hold?.point === "request_read" && hold.enter();
    near.on("data", isHeld ? holdLastByte(far, hold!) : (bytes) => far.write(bytes));
    far.on("data", holdReply(near, hold));
  });
  return {
    ...relay,
    leadTo: (port) => {
      servicePort = port;
    },
    hold: (next) => {
      hold = next;
    },
  };
}

/** Passes a request on but for its last byte. */
function holdLastByte(far: Socket, { arrive }: Hold): (bytes: Buffer) => void {
  let request: Buffer = Buffer.alloc(0);
  let passed = 0;
  return (bytes) => {
    request = Buffer.concat([request, bytes]);
    const end = endOf(request);
    const until = end === undefined ? request.length : Math.min(request.length, end - 1);
    if (until > passed) far.write(request.subarray(passed, until));
    passed = Math.max(passed, until);
    if (request.length !== end) return;
    arrive(() => far.write(request.subarray(end - 1)));
  };
}

/** Returns how long a request is whose head is there; undefined before. */
function endOf(request: Buffer): number | undefined {
  const head = request.indexOf("\r\n\r\n");
  if (head < 0) return undefined;
  const [, length = "0"] = /^content-length: *(\d+)/im.exec(request.toString("latin1", 0, head)) ?? [];
  return head + 4 + Number(length);
}

/** How much of a reply's first bytes a client gets that is made to wait for it. */
const parts: Readonly<Partial<Record<Hold["point"], number>>> = { before_reply: 0, reply_begun: 0.5 };

/** Passes on a part of a reply that tells of success, and nothing after. Others are passed on whole. */
function holdReply(near: Socket, hold: Hold | undefined): (bytes: Buffer) => void {
  const part = hold && parts[hold.point];
  let isHeld = false;
  return (bytes) => {
    if (isHeld) return;
    if (part === undefined || !/^HTTP\/1.1 200 /.test(bytes.toString("latin1", 0, 16)) || !hold!.enter()) {
      near.write(bytes);
      return;
    }
    isHeld = true;
    near.write(bytes.subarray(0, Math.floor(bytes.length * part)));
    hold!.arrive(() => {});
  };
}
