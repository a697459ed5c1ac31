import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { RenderRequestSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { rpcBase } from "../http/start.ts";
import type { Sent } from "./sides.ts";

/** A request for a dashboard, as JSON. */
export const json = (id: string, more: object = {}) => Buffer.from(JSON.stringify({ dashboard_id: id, ...more }));
/** The same in binary. */
const proto = (id: string) =>
  Buffer.from(toBinary(RenderRequestSchema, create(RenderRequestSchema, { dashboardId: id })));

/** A call, and what must come of it. */
export type Case = Partial<Omit<Sent, "body">> & {
  readonly body?: Buffer | string;
  readonly status?: number;
  readonly by?: "us" | "Connect" | "nobody";
  /** What the body must say, so that it is not just equally wrong. */
  readonly says?: RegExp;
};

const malformed = { status: 400, says: /"the request is malformed"/ };
const undecodable = { status: 400, says: /"the message cannot be decoded"/ };
const unsupported = { status: 400, by: "Connect", says: /Content-Type must be/ } as const;
const tooLarge = Buffer.from(`{"dashboard_id":"${"x".repeat(300_000)}"}`);
/** The type of binary messages. */
export const binary = { "content-type": "application/proto" };

/** Calls by what is special about them. */
export const cases: Record<string, Case> = {
  JSON: { says: /^{"html":"good"/ },
  binary: { headers: binary, body: proto("good"), says: /good/ },
  "an empty message of binary": { headers: binary, body: "", status: 400, says: /dashboard_id/ },
  "a method that changes something": {
    path: `${rpcBase}/Share`,
    body: json("good", { expires_in_s: 60 }),
    says: /links.test/,
  },
  "what the method is told": {
    body: json("echo"),
    headers: { "x-sent": "f" },
    says: /connect POST http:\/\/sides.test\//,
  },
  "headers and trailers": { body: json("headers") },
  "charset=utf-8": { headers: { "content-type": "application/json;charset=utf-8" } },
  "charset=UTF8 after a space": { headers: { "content-type": "Application/JSON; charset=UTF8" } },
  "a charset in quotes": { headers: { "content-type": 'application/json; charset="utf-8"' }, ...unsupported },
  "another charset": { headers: { "content-type": "application/json; charset=latin1" }, ...unsupported },
  "two spaces": { headers: { "content-type": "application/json;  charset=utf-8" }, ...unsupported },
  "binary with a parameter": { headers: { "content-type": "application/proto; a=b" }, ...unsupported },
  text: { headers: { "content-type": "text/plain" }, ...unsupported },
  "no type": { headers: { "content-type": "" }, ...unsupported },
  "a type of streams": { headers: { "content-type": "application/connect+json" }, ...unsupported },
  GET: {
    method: "GET",
    path: `${rpcBase}/Render?encoding=json&message={}&connect=v1`,
    body: "",
    status: 400,
    by: "Connect",
  },
  PUT: { method: "PUT", status: 404, by: "Connect" },
  "a method that is none": { path: `${rpcBase}/Rend`, status: 404, by: "nobody" },
  "version 1": { headers: { "connect-protocol-version": "1" } },
  "another version": { headers: { "connect-protocol-version": "2" }, by: "Connect" },

  "no body": { body: "", ...malformed },
  "JSON that is none": { body: '{"SECRET', ...malformed },
  "JSON that is no object": { body: "[]", ...malformed },
  "an unknown field": { body: '{"SECRET":1}', ...malformed },
  "a misfit": { body: '{"version":"SECRET"}', ...malformed },
  "a repeated key": { body: '{"dashboard_id":"a","dashboard_id":"SECRET"}', ...malformed },
  "UTF-8 that is none": { body: Buffer.from("7b22ff223a317d", "hex"), ...malformed },
  "a byte order mark": { body: Buffer.from("efbbbf7b7d", "hex"), ...malformed },
  "33 levels": {
    body: `{"filters":{"a":${"[".repeat(31)}${"]".repeat(31)}}}`,
    status: 400,
    says: /more than 32 levels/,
  },
  "binary that is none": { headers: binary, body: Buffer.from("ffffff", "hex"), ...undecodable },
  "UTF-8 in binary that is none": { headers: binary, body: Buffer.from("0a02fffe", "hex"), ...undecodable },
  "a message that is not fit": { body: json("not fit", { theme: "SECRET" }), status: 400, says: /some fields are not/ },
  "a body that is too large": { body: tooLarge, status: 429, says: /at most 262144 bytes/ },
  "a body that turns out too large": {
    body: tooLarge,
    saysLength: false,
    status: 429,
    says: /the request is too large/,
  },
  "a body of unknown length": { saysLength: false },

  "no token": { headers: { authorization: "" }, status: 401 },
  "a wrong token, and a body that is waited for": {
    headers: { authorization: "Bearer wrong", expect: "100-continue" },
    status: 401,
  },
  "a wrong token before bad JSON": { headers: { authorization: "Bearer wrong" }, body: "{", status: 401 },
  "too many calls": { headers: { authorization: "Bearer busy" }, status: 429, says: /RetryInfo/ },
  "a method out of reach": { path: `${rpcBase}/PublishDefinition`, status: 403, says: /SCOPE_MISSING/ },
  "an id that is none": { headers: { "x-request-id": "<a>" }, status: 400, says: /X-Request-Id/ },

  "an error": { body: json("gone"), status: 404, says: /"code":"not_found".*"NOT_FOUND"/ },
  "an error of binary": { headers: binary, body: proto("gone"), status: 404, says: /"code":"not_found"/ },
  "a long error": { body: json("wordy"), status: 400, says: /panels\[29\]/ },
  "a long error, compressed": { body: json("wordy"), headers: { "accept-encoding": "gzip" }, status: 400 },
  "a long error of binary, compressed": {
    body: proto("wordy"),
    headers: { ...binary, "accept-encoding": "gzip" },
    status: 400,
  },
  "an error with metadata": { body: json("with-metadata"), status: 409, says: /another one/ },
  "an error of another's": { body: json("foreign"), status: 501, says: /"no such method"/ },
  "a failure": { body: json("broken"), status: 500, says: /"something went wrong on our side"/ },

  "a deadline": { headers: { "connect-timeout-ms": "60000" } },
  "a deadline that is ages away": {
    body: json("patient"),
    says: /false/,
    headers: { "connect-timeout-ms": "9999999999" },
  },
  "a deadline that is none": { headers: { "connect-timeout-ms": "SECRET" }, ...malformed },
  "a deadline of eleven digits": { headers: { "connect-timeout-ms": "99999999999" }, ...malformed },
  "a deadline without a value": { headers: { "connect-timeout-ms": "" }, ...malformed },
  "a deadline that is none, and a wrong token": {
    headers: { "connect-timeout-ms": "SECRET", authorization: "Bearer wrong" },
    status: 401,
  },
  "a deadline that passes": {
    body: json("slow"),
    headers: { "connect-timeout-ms": "20" },
    status: 504,
    says: /"the deadline passed before the answer was ready"/,
  },
  "a deadline that has passed": { body: json("slow"), headers: { "connect-timeout-ms": "0" }, status: 504 },

  "a compressed body": { body: gzipSync(json("good")), headers: { "content-encoding": "gzip" }, by: "Connect" },
  identity: { headers: { "content-encoding": "identity" } },
  Identity: { headers: { "content-encoding": "Identity" }, by: "Connect", status: 400 },
  brotli: { headers: { "content-encoding": "br" }, by: "Connect", status: 400 },
  "an encoding without a name": { headers: { "content-encoding": "" }, by: "Connect", status: 400 },
};

const codings = ["gzip", "br, gzip", "br,\tgzip ,x", "gzip;q=0.5", "gzip;q=0", "GZIP", "*", "identity", "", "xgzip"];
for (const id of ["good", "large", "kept", "kept-small"]) {
  for (const coding of codings) {
    const accept = { "accept-encoding": coding };
    cases[`JSON of ${id} for whoever takes "${coding}"`] = { body: json(id), headers: accept };
    cases[`binary of ${id} for whoever takes "${coding}"`] = { body: proto(id), headers: { ...binary, ...accept } };
  }
}

/** What is sent for a case, with what each call has unless it has something else. */
export function toSent({
  method = "POST",
  path = `${rpcBase}/Render`,
  headers = {},
  body = json("good"),
  ...rest
}: Case): Sent {
  const all = { "x-request-id": "same", authorization: "Bearer acme", "content-type": "application/json", ...headers };
  return { method, path, headers: all, body: Buffer.from(body as Buffer), saysLength: rest.saysLength ?? true };
}
