/** The frame that holds the trailers has this bit of its first byte set. */
const trailerFlag = 0x80;

/** A flag and a length come before what a frame holds. */
const prefixBytes = 5;

/**
 * Returns the status of a gRPC-Web call from the frame of its trailers, which is text
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md); undefined from any other.
 */
export function webStatusOf(frame: Uint8Array): string | undefined {
  if (((frame[0] ?? 0) & trailerFlag) === 0) return undefined;
  const text = Buffer.from(frame.buffer, frame.byteOffset + prefixBytes, Math.max(0, frame.byteLength - prefixBytes));
  return /^grpc-status: *(\d{1,2})\r?$/im.exec(text.toString("latin1"))?.[1];
}
