import { status as codes, type StatusObject } from "@grpc/grpc-js";
import { noAnswer } from "../in-time.ts";
import { networkFailure } from "../network-failure.ts";
import { SourceError, type SourceFailure } from "../source-error.ts";

/** How a call ended. */
export type GrpcEnd = Pick<StatusObject, "code" | "details"> & {
  /** Whether the answer was of another kind than gRPC's: a page of a proxy, say. */
  readonly foreign: boolean;
};

/** How grpc-js's details of a message begin that cannot be decompressed. */
export const undecompressed = "Failed to decompress";

/** Says why a call failed. What a service says of it stays unsaid: only what our own side says is looked at. */
export function toSourceError({ code, details, foreign }: GrpcEnd): SourceError {
  if (foreign && !httpCodes.has(code)) return new SourceError("source_failed", "the answer is not gRPC");
  if (details.startsWith("No connection established")) return toConnectError(details);
  if (code === codes.RESOURCE_EXHAUSTED && details.startsWith("Received message ")) {
    return new SourceError("source_failed", "a message is larger than 4 MiB");
  }
  if (code === codes.INTERNAL && details.startsWith(undecompressed)) {
    return new SourceError("source_failed", "a message cannot be decompressed");
  }
  if (code === codes.INTERNAL && details.startsWith("Received RST_STREAM")) return brokenOff();
  if (code === codes.DEADLINE_EXCEEDED) return noAnswer();
  const known = words[code];
  if (known !== undefined) return new SourceError(...known);
  const name = Object.hasOwn(codes, code) ? codes[code] : "a status that gRPC does not know";
  return new SourceError("source_failed", `the service failed (${name})`);
}

/** What the status of HTTP stands for where an answer is not gRPC: a proxy's 503, or 401. */
const httpCodes: ReadonlySet<number> = new Set([
  codes.UNAVAILABLE,
  codes.UNAUTHENTICATED,
  codes.PERMISSION_DENIED,
  codes.UNIMPLEMENTED,
  codes.DEADLINE_EXCEEDED,
]);

const words: Readonly<Record<number, readonly [SourceFailure, string]>> = {
  [codes.CANCELLED]: ["source_unavailable", "the service broke off its answer"],
  [codes.INVALID_ARGUMENT]: ["source_failed", "the service refuses the query (INVALID_ARGUMENT)"],
  [codes.NOT_FOUND]: ["source_failed", "the service does not know what is asked for (NOT_FOUND)"],
  [codes.PERMISSION_DENIED]: ["source_failed", "the credentials are refused"],
  [codes.RESOURCE_EXHAUSTED]: ["source_unavailable", "the service has too much to do (RESOURCE_EXHAUSTED)"],
  [codes.UNIMPLEMENTED]: ["source_failed", "the service does not implement datajetty.source.v1.SourceService"],
  [codes.UNAVAILABLE]: ["source_unavailable", "the service is unavailable (UNAVAILABLE)"],
  [codes.UNAUTHENTICATED]: ["source_failed", "the credentials are refused"],
};

function brokenOff(): SourceError {
  return new SourceError("source_unavailable", "the service broke off its answer");
}

/** The reason is Node's, at the end of the channel's own words, and may hold an address or names of a certificate. */
function toConnectError(details: string): SourceError {
  const reason = reasons.find(([pattern]) => pattern.test(details));
  return networkFailure(reason?.[1] ?? "EHOSTUNREACH")!;
}

/** The codes of what Node says there in words. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED|ENOENT/, "ECONNREFUSED"],
  [/ETIMEDOUT/, "ETIMEDOUT"],
  [/altnames|does not match certificate/i, "ERR_TLS_CERT_ALTNAME_INVALID"],
  [/certificate has expired/, "CERT_HAS_EXPIRED"],
  [/certificate is not yet valid/, "CERT_NOT_YET_VALID"],
  [/certificate|unable to verify/i, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  [/wrong version number|packet length too long|EPROTO/i, "EPROTO"],
];
