import { type Case, stepsWithin, type UpstreamReply } from "../corpus.ts";
import { partsToBytes } from "../parts.ts";
import { constants, fillIn, namesIn } from "../variables.ts";
import { createGrpcUpstream, type GrpcReply, type GrpcUpstream } from "./grpc-upstream.ts";
import { createHttpUpstream, type HttpReply, type HttpUpstream } from "./http-upstream.ts";
import { sourceFixtures } from "./source-fixtures.ts";

/** The upstreams of a case. */
type Upstreams = {
  readonly http: { readonly upstream: HttpUpstream; readonly port: number } | undefined;
  readonly grpc: { readonly upstream: GrpcUpstream; readonly port: number } | undefined;
  /** Whether the HTTP one speaks TLS. */
  readonly tls: boolean;
};

/** The upstreams of all cases, open before the service starts: it is told of each that is in order. */
export type AllUpstreams = {
  readonly ports: readonly number[];
  of(caseId: string): Upstreams | undefined;
  answerWith(caseId: string, upstreamId: string, reply: UpstreamReply): Promise<void>;
  close(): void;
};

/** Opens upstreams for the cases whose dashboards ask some. */
export async function openUpstreams(cases: readonly Case[], address: string): Promise<AllUpstreams> {
  const all = new Map<string, Upstreams>();
  for (const attack of cases) {
    const { asks, tls } = upstreamsFor(attack);
    if (!asks.http && !asks.grpc) continue;
    const http = asks.http ? createHttpUpstream() : undefined;
    const grpc = asks.grpc ? createGrpcUpstream() : undefined;
    all.set(attack.id, {
      http: http && { upstream: http, port: await http.listen(address) },
      grpc: grpc && { upstream: grpc, port: await grpc.listen(address) },
      tls,
    });
  }
  return {
    ports: [...all.values()].flatMap(({ http, grpc }) => [http, grpc].flatMap((each) => each?.port ?? [])),
    of: (caseId) => all.get(caseId),
    async answerWith(caseId, upstreamId, reply) {
      const own = all.get(caseId);
      if (upstreamId === "ds_http" && own?.http !== undefined) own.http.upstream.reply(await toHttpReply(reply));
      else if (upstreamId === "ds_grpc" && own?.grpc !== undefined) own.grpc.upstream.reply(toGrpcReply(reply));
      else throw new Error(`the case has no upstream ${upstreamId}`);
    },
    close() {
      for (const { http, grpc } of all.values()) {
        http?.upstream.close();
        grpc?.upstream.close();
      }
    },
  };
}

/** Which dashboards a case names, what they ask, and which templates it publishes. */
export function upstreamsFor(attack: Case) {
  const steps = attack.steps.flatMap(stepsWithin);
  const names = new Set(namesIn(attack.steps));
  const fixtures = Object.keys(sourceFixtures).filter((name) => names.has(name));
  return {
    fixtures,
    asks: {
      http:
        fixtures.some((name) => sourceFixtures[name]!.asks.http) ||
        steps.some(({ inject }) => inject?.HTTP_JSON_VALUE !== undefined),
      grpc: fixtures.some((name) => sourceFixtures[name]!.asks.grpc),
    },
    tls: steps.some(({ reply }) => reply?.tls !== undefined),
    publishes: new Set(steps.flatMap(({ template }) => template ?? [])),
  };
}

async function toHttpReply(reply: UpstreamReply): Promise<HttpReply> {
  const fill = (text: string) => fillIn(text, constants);
  const parts = typeof reply.body === "string" ? [reply.body] : reply.body;
  const headers = Object.entries(reply.headers ?? {}).map(([name, value]) => [name, fill(value)] as const);
  const [name, value, n] = reply.headers_repeat ?? [];
  return without({
    status: reply.status,
    headers: Object.fromEntries(headers),
    headersRepeat: name === undefined ? undefined : ([name, fill(value!), n!] as const),
    // Made before it is asked for: what takes long here is not the service's time.
    body: parts && Buffer.concat(await Array.fromAsync(partsToBytes(parts, fill))),
    refuse: reply.refuse,
    blackhole: reply.blackhole,
    delayMs: reply.delay_ms,
    resetAfter: reply.reset_after,
    stream: reply.stream,
    intervalMs: reply.interval_ms,
    headersDripMs: reply.headers_drip_ms,
    raw: reply.raw,
    tls: reply.tls,
  });
}

function toGrpcReply(reply: UpstreamReply): GrpcReply {
  const { code, message, goaway } = reply;
  return without({ code, message, goaway, delayMs: reply.delay_ms, contentType: reply.content_type });
}

type Without<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Leaves out what is undefined. */
function without<T extends object>(fields: T): Partial<Without<T>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Without<T>>;
}
