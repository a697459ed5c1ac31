import { type DescMethod, fromBinary, type Message } from "@bufbuild/protobuf";
import { fault } from "../errors/fault.ts";

/** Reads the message that a method takes from the binary form of Protobuf. Throws INVALID_REQUEST. */
export function readBinary({ input }: DescMethod, bytes: Uint8Array): Message {
  try {
    return fromBinary(input, bytes);
  } catch {
    throw fault("INVALID_REQUEST", "the message cannot be decoded");
  }
}

/** Names that form of a method's messages, whichever protocol they come by, for whoever keeps them by their bytes. */
export function binaryKind(method: DescMethod): string {
  return `protobuf ${method}`;
}
