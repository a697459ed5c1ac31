import {
  type DescMethodUnary,
  fromBinary,
  fromJson,
  type JsonObject,
  type JsonValue,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { ConnectError } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-node";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { BadRequestSchema, ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "../../gen/google/rpc/status_pb.js";

/** One answer, whichever protocol it came by. */
export type Answer = {
  /** The message as JSON with proto names; undefined for an error. */
  readonly message: JsonObject | undefined;
  /** The number by which the protocol tells success or the kind of error: HTTP status or gRPC code. */
  readonly code: number;
  readonly reason: string | undefined;
  readonly fields: readonly string[];
  /** Response headers (gRPC: initial metadata, and trailers of an error). */
  readonly header: (name: string) => string | null;
};

/** Calls a method of the service with a request in JSON. */
export type Call = (method: DescMethodUnary, request: JsonObject, headers: Record<string, string>) => Promise<Answer>;

/** The four protocols, each by a client that is not the service's own code where there is one. */
export type Protocols = {
  readonly rest: Call;
  readonly connect: Call;
  readonly grpc: Call;
  readonly grpcWeb: Call;
  close(): void;
};

/** JSON as the REST protocol writes it. */
const written = { useProtoFieldName: true, alwaysEmitImplicit: true };

/** Where each method stands over HTTP; the document's paths, on purpose not read from the proto. */
const paths: Readonly<Record<string, readonly [verb: string, path: string]>> = {
  Render: ["POST", "/render"],
  Export: ["POST", "/export"],
  Share: ["POST", "/share"],
  SaveDefinition: ["POST", "/definitions"],
  ValidateDefinition: ["POST", "/definitions:validate"],
  PreviewDefinition: ["POST", "/definitions:preview"],
  GetDefinition: ["GET", "/definitions/{dashboard_id}"],
  ListDefinitions: ["GET", "/definitions"],
  ListVersions: ["GET", "/definitions/{dashboard_id}/versions"],
  PublishDefinition: ["POST", "/definitions/{dashboard_id}:publish"],
  RestoreDefinition: ["POST", "/definitions/{dashboard_id}:restore"],
  ArchiveDefinition: ["DELETE", "/definitions/{dashboard_id}"],
  ListShares: ["GET", "/shares"],
  RevokeShare: ["DELETE", "/shares/{share_id}"],
  ListConnections: ["GET", "/connections"],
  SaveConnection: ["POST", "/connections"],
  DeleteConnection: ["DELETE", "/connections/{name}"],
  TestConnection: ["POST", "/connections/{name}:test"],
};

/** Puts a request into a path, and what is left of it into a body or a query. */
function toHttp(name: string, request: JsonObject): { verb: string; path: string; body: string | undefined } {
  const [verb, template] = paths[name]!;
  const rest = { ...request };
  const path = template.replace(/\{(\w+)\}/, (_, field: string) => {
    const value = rest[field];
    delete rest[field];
    return String(value);
  });
  if (verb === "POST") return { verb, path, body: JSON.stringify(rest) };
  const query = new URLSearchParams(Object.entries(rest).map(([field, value]) => [field, String(value)]));
  return { verb, path: query.size === 0 ? path : `${path}?${query}`, body: undefined };
}

/** Creates clients of a service. */
export function createProtocols(url: string): Protocols {
  const grpcClient = new Client(new URL(url).host, credentials.createInsecure());
  const grpcWebTransport = createGrpcWebTransport({ baseUrl: url, httpVersion: "1.1" });
  return {
    async rest(method, request, headers) {
      const { verb, path, body } = toHttp(method.name, request);
      const response = await fetch(`${url}/api/v1/data-consumption/dashboards${path}`, {
        method: verb,
        headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
        ...(body !== undefined && { body }),
      });
      return method.name === "Export" && response.ok ? fileAnswer(response) : httpAnswer(response, (body) => body);
    },
    async connect(method, request, headers) {
      const response = await fetch(`${url}/${method.parent.typeName}/${method.name}`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(request),
      });
      return httpAnswer(response, unpackConnectError);
    },
    grpc: (method, request, headers) =>
      new Promise((resolve) => {
        const metadata = new Metadata();
        for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
        let initial = new Metadata();
        const call = grpcClient.makeUnaryRequest(
          `/${method.parent.typeName}/${method.name}`,
          (message: Buffer) => message,
          (bytes: Buffer) => bytes,
          Buffer.from(toBinary(method.input, fromJson(method.input, request))),
          metadata,
          (error: ServiceError | null, bytes?: Buffer) => {
            const trailer = error?.metadata;
            const header = (name: string) => textOf(initial.get(name)[0] ?? trailer?.get(name)[0]);
            if (error === null)
              resolve(success(toJson(method.output, fromBinary(method.output, bytes!), written), 0, header));
            else resolve({ ...detailsOf(error), message: undefined, code: error.code, header });
          },
        );
        call.on("metadata", (received) => {
          initial = received;
        });
      }),
    async grpcWeb(method, request, headers) {
      try {
        const { message, header } = await grpcWebTransport.unary(
          method,
          undefined,
          10_000,
          headers,
          fromJson(method.input, request),
        );
        return success(toJson(method.output, message, written), 0, (name) => header.get(name));
      } catch (error) {
        const failure = ConnectError.from(error);
        return {
          message: undefined,
          code: failure.code,
          reason: failure.findDetails(ErrorInfoSchema)[0]?.reason,
          fields: failure.findDetails(BadRequestSchema).flatMap((bad) => bad.fieldViolations.map(({ field }) => field)),
          header: (name) => failure.metadata.get(name),
        };
      }
    },
    close: () => grpcClient.close(),
  };
}

function success(message: JsonValue, code: number, header: Answer["header"]): Answer {
  return { message: message as JsonObject, code, reason: undefined, fields: [], header };
}

/** Over REST a file is the body, as it is. */
async function fileAnswer(response: Response): Promise<Answer> {
  const data = Buffer.from(await response.arrayBuffer()).toString("base64");
  const file = { content_type: response.headers.get("content-type"), data, extensions: [] };
  return success({ file }, response.status, (name) => response.headers.get(name));
}

type ErrorJson = { reason?: string; details?: { field: string }[] };

async function httpAnswer(response: Response, read: (body: JsonObject) => JsonObject | ErrorJson): Promise<Answer> {
  const body = (await response.json()) as JsonObject;
  const header = (name: string) => response.headers.get(name);
  if (response.ok) return success(body, response.status, header);
  const { reason, details = [] } = read(body) as ErrorJson;
  return { message: undefined, code: response.status, reason, fields: details.map(({ field }) => field), header };
}

/** Reads the details that Connect's JSON of an error carries in base64. */
function unpackConnectError(body: JsonObject): ErrorJson {
  const details = (body.details ?? []) as { type: string; value: string }[];
  const find = (type: string) => {
    const found = details.find((detail) => detail.type === type);
    return found && Buffer.from(found.value, "base64");
  };
  const info = find(ErrorInfoSchema.typeName);
  const bad = find(BadRequestSchema.typeName);
  return {
    ...(info && { reason: fromBinary(ErrorInfoSchema, info).reason }),
    ...(bad && { details: fromBinary(BadRequestSchema, bad).fieldViolations.map(({ field }) => ({ field })) }),
  };
}

function detailsOf(error: ServiceError): Pick<Answer, "reason" | "fields"> {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!(bytes instanceof Buffer)) return { reason: undefined, fields: [] };
  const { details } = fromBinary(StatusSchema, bytes);
  return {
    reason: details.map((any) => anyUnpack(any, ErrorInfoSchema)).find((info) => info !== undefined)?.reason,
    fields: details.flatMap((any) => anyUnpack(any, BadRequestSchema)?.fieldViolations.map(({ field }) => field) ?? []),
  };
}

function textOf(value: string | Buffer | undefined): string | null {
  return value === undefined ? null : value.toString();
}
