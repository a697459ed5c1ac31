import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { DashboardsService } from "../../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { Step } from "../corpus.ts";
import type { HttpResponse } from "../http-response.ts";
import { partsToBytes } from "../parts.ts";
import type { Outcome } from "../record.ts";
import { authorizationOf, callerOf, type Scope } from "../scope.ts";
import { shorten } from "../shown.ts";
import { fillIn, fillInDeep, type Variables } from "../variables.ts";
import type { StepKind } from "./step-kind.ts";

/** A call of gRPC whose frames are as the step writes them. Without `auth` it is A's: it is about what follows. */
export const grpc: StepKind = {
  fields: ["method", "path", "headers", "frames"],
  whyNot: ({ method = "Render", frames = [] }) =>
    methodOf(method) === undefined && frames.some((frame) => "json" in frame)
      ? `nobody knows what a message of the method ${method} is`
      : undefined,
  async run(scope, step, index) {
    const variables = index === undefined ? scope.variables : { ...scope.variables, i: `${index}` };
    return { step, outcomes: [await call(scope, step, variables)] };
  },
};

/** Paths of the methods of our service start with it. */
const servicePath = `/${DashboardsService.typeName}/`;

/** What the corpus calls by another name than we do. */
const otherNames: Readonly<Record<string, string>> = { Publish: "SaveDefinition" };

function methodOf(name: string) {
  const wanted = otherNames[name] ?? name;
  return DashboardsService.methods.find((method) => method.name === wanted);
}

/** A call that takes longer has no response. */
const responseMs = 15_000;

async function call(scope: Scope, step: Step, variables: Variables): Promise<Outcome> {
  const method = methodOf(step.method ?? "Render");
  const path = step.path === undefined ? servicePath + (method?.name ?? step.method) : fillIn(step.path, variables);
  const auth = step.auth ?? "A";
  const authorization = authorizationOf({ auth }, scope.world, variables);
  const headers = {
    "content-type": "application/grpc",
    te: "trailers",
    ...(authorization !== undefined && { authorization }),
    ...fillInDeep(step.headers ?? {}, variables),
  };
  const bytes = await framesToBytes(step, method?.input, variables);
  const sentAtMs = Date.now();
  const session = connect(`http://127.0.0.1:${scope.world.service.port}`, {
    // Metadata is what some calls are about.
    maxSendHeaderBlockLength: 2 ** 24,
  });
  session.on("error", () => {});
  const startedAt = performance.now();
  const response = await ask(session, { ":method": "POST", ":path": path, ...headers }, bytes);
  const latencyMs = performance.now() - startedAt;
  const closed = session.closed || session.destroyed || response === "closed";
  session.destroy();
  return {
    caller: callerOf(auth),
    method: "POST",
    path,
    inputs: [],
    json: undefined,
    response: typeof response === "string" ? undefined : response,
    responses: typeof response === "string" ? 0 : 1,
    closed,
    latencyMs,
    sentAtMs,
    sent: shorten(`POST ${path} (gRPC)\n${JSON.stringify(step.headers ?? {})}\n<hex ${bytes.toString("hex")}>`),
  };
}

type Input = Parameters<typeof fromJson>[0];

async function framesToBytes(step: Step, input: Input | undefined, variables: Variables): Promise<Buffer> {
  const frames: Buffer[] = [];
  for (const frame of step.frames ?? []) {
    if ("raw" in frame) {
      frames.push(Buffer.concat(await Array.fromAsync(partsToBytes(frame.raw, (text) => fillIn(text, variables)))));
      continue;
    }
    if (input === undefined) throw new Error("a frame of JSON needs a method that the service has");
    const message = toBinary(input, fromJson(input, fillInDeep(frame.json, variables) as JsonValue));
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.byteLength, 1);
    frames.push(head, Buffer.from(message));
  }
  return Buffer.concat(frames);
}

/** Returns the response with its trailers among its headers, or what came instead. */
async function ask(
  session: ClientHttp2Session,
  headers: Readonly<Record<string, string>>,
  bytes: Buffer,
): Promise<HttpResponse | "closed" | "nothing"> {
  const stream = session.request(headers);
  const found: [string, string][] = [];
  const chunks: Buffer[] = [];
  let status = 0;
  const take = (fields: object) => {
    for (const [name, value] of Object.entries(fields)) {
      if (name === ":status") status = Number(value);
      else found.push(...[value].flat().map((each): [string, string] => [name, `${each}`]));
    }
  };
  stream
    .on("response", take)
    .on("trailers", take)
    .on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("error", () => {});
  stream.end(bytes);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), responseMs);
  const isLate = await once(stream, "close", { signal: late.signal }).then(
    () => false,
    () => late.signal.aborted,
  );
  clearTimeout(timer);
  if (status === 0) return isLate ? "nothing" : "closed";
  const head = [`HTTP/2 ${status}`, ...found.map(([name, value]) => `${name}: ${value}`)].join("\r\n");
  return { status, head, headers: found, body: Buffer.concat(chunks).toString() };
}
