import {
  type DescMethod,
  fromJsonString,
  type JsonReadOptions,
  type JsonWriteOptions,
  type Message,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import { reasonOf } from "../errors/answer.ts";
import { fault } from "../errors/fault.ts";
import { binaryKind, readBinary } from "../unary/binary.ts";

/** How messages of a method are read and written. */
export type Format = {
  readonly name: "json" | "binary";
  /** The content type of what is written. */
  readonly type: string;
  /** What its bytes are read as, for whoever keeps messages by their bytes. */
  readonly kind: string;
  /** Throws INVALID_REQUEST. */
  read(bytes: Uint8Array): Message;
  write(message: Message): Uint8Array;
};

/** How JSON is read and written. */
export type JsonOptions = Partial<JsonReadOptions & JsonWriteOptions> & {
  /** Makes text of what is read, or throws. */
  readonly textDecoder: { decode(bytes: Uint8Array): string };
};

/** Creates the format that is JSON. */
export function createJsonFormat(method: DescMethod, options: JsonOptions): Format {
  return {
    name: "json",
    type: "application/json",
    kind: `connect json ${method}`,
    read(bytes) {
      try {
        return fromJsonString(method.input, options.textDecoder.decode(bytes), options);
      } catch (error) {
        // Whatever is not ours may quote the message.
        const isOurs = error instanceof ConnectError && reasonOf(error) !== undefined;
        throw isOurs ? error : fault("INVALID_REQUEST", "the request is malformed");
      }
    },
    write: (message) => Buffer.from(toJsonString(method.output, message, options)),
  };
}

/** Creates the format that is the binary one of Protobuf. */
export function createProtoFormat(method: DescMethod): Format {
  return {
    name: "binary",
    type: "application/proto",
    kind: binaryKind(method),
    read: (bytes) => readBinary(method, bytes),
    write: (message) => toBinary(method.output, message),
  };
}
