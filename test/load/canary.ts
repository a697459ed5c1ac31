/**
 * Mixed requests of many tenants that have the same dashboard by name, version and form, and differ only in what is in
 * it: a text of its own each, in the definition and in what a connection leads to. An answer that holds another
 * tenant's text is a leak.
 *
 *     const source = await openCanarySource();
 *     const service = await start(source.env);
 *     const figures = await sendCanaryRequests({ ...service, source, requests: 100_000 });
 */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "@bufbuild/protobuf";
import { type Client, Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { Grant } from "../../src/auth/development-issuer.ts";
import { createRandom } from "../fault/random.ts";

/** A web service that answers each tenant, by the secret of its connection, with that tenant's text. */
export type CanarySource = {
  readonly port: number;
  /** What the service under test needs: the way here, a cache too small for everything, and rates out of the way. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

/** What is sent, and where. */
export type CanaryLoad = {
  /** Scheme, host and port of the service. */
  readonly url: string;
  readonly token: (grant: Partial<Grant>) => Promise<string>;
  readonly source: CanarySource;
  readonly requests: number;
  /** 12 by default: enough for each to be pushed out of the cache by the others. */
  readonly tenants?: number;
  /** Requests under way at once; 32 by default. */
  readonly concurrency?: number;
  /** What the order of requests follows from; random by default, and told in the figures. */
  readonly seed?: number;
};

/** What came of it. */
export type CanaryFigures = {
  readonly requests: number;
  readonly seed: number;
  /** Answers with another tenant's text. Anything but 0 is a failure. */
  readonly leaks: number;
  /** Answers that were no page, or lacked their tenant's own text, of the definition or of the source. */
  readonly failures: number;
  /** Answers that said that there is too much to do, after which the request was sent again. */
  readonly shed: number;
  /** The first few of either, in words. */
  readonly problems: readonly string[];
  /** Bytes of all pages that differ, as the cache counts them: more than it may hold, or nothing was pushed out. */
  readonly distinctBytes: number;
};

/** The cache's bound while canaries are watched, the smallest that there is. */
export const canaryCacheBytes = 1_048_576;

const canaryPattern = /canary-[a-z]+-\d+-[0-9a-f]{12}/g;

/** Opens the source. Close it, or the process stays up. */
export async function openCanarySource(): Promise<CanarySource> {
  const server = createServer((request, response) => {
    const [, word = "nobody"] = /^Bearer (.*)$/.exec(request.headers.authorization ?? "") ?? [];
    response.setHeader("content-type", "application/json").end(JSON.stringify([{ word }]));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    env: {
      ALLOWED_HOSTS: `127.0.0.1:${port}`,
      CACHE_MAX_BYTES: `${canaryCacheBytes}`,
      RATE_PER_SECOND: "1000000",
      RATE_BURST: "1000000",
      RATE_LINKS_PER_SECOND: "1000000",
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A tenant, its two texts, and its ways in. */
type Victim = {
  readonly words: readonly [inDefinition: string, inSource: string];
  readonly headers: Readonly<Record<string, string>>;
  readonly link: string;
};

/** Plants the texts, sends the requests by REST, gRPC and links, and looks at every answer. */
export async function sendCanaryRequests(load: CanaryLoad): Promise<CanaryFigures> {
  const { url, requests, tenants = 12, concurrency = 32, seed = randomBytes(4).readUInt32LE() } = load;
  const random = createRandom(seed);
  const below = (count: number) => Math.floor(random() * count);
  const victims = await Promise.all(Array.from({ length: tenants }, (_, at) => plant(load, at)));
  const transport = createGrpcTransport({ baseUrl: url, acceptCompression: [] });
  const client = createClient(DashboardsService, transport);
  const sizes = new Map<string, number>();
  const problems: string[] = [];
  let [sent, leaks, failures, shed] = [0, 0, 0, 0];

  const sendOne = async () => {
    // Half of them are of a few tenants, and half ask for the same, so that what is kept is also used.
    const at = below(below(2) === 0 ? Math.min(3, tenants) : tenants);
    const victim = victims[at]!;
    const form = below(2) === 0 ? 0 : below(forms.length);
    const way = (["rest", "grpc", "link"] as const)[below(3)]!;
    let page = busy;
    for (let tries = 0; page === busy && tries < maxTries; tries += 1) {
      if (tries > 0) await sleep(100);
      page = await ways[way](victim, forms[form]!, { url, client }).catch((error: Error) => `${error}`);
      if (page === busy) shed += 1;
    }
    const words = new Set(page.match(canaryPattern));
    const missing = victim.words.filter((word) => !words.delete(word));
    const what = `${way} ${JSON.stringify(forms[form])} of ${victim.words[0]}`;
    if (words.size > 0) {
      leaks += 1;
      problems.push(`${what} told ${[...words].join()}`);
    } else if (missing.length > 0) {
      failures += 1;
      problems.push(`${what} lacks ${missing.join()}: ${page.slice(0, 200)}`);
    } else {
      sizes.set(`${at} ${way === "link" ? way : form}`, page.length * 2);
    }
  };
  const lane = async () => {
    while (sent < requests) {
      sent += 1;
      await sendOne();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const distinctBytes = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { requests, seed, leaks, failures, shed, problems: problems.slice(0, 5), distinctBytes };
}

/** Ways to show a dashboard. They are the tenants' all alike. */
const forms: readonly JsonObject[] = ["", "light", "dark"].flatMap((theme) =>
  ["", "de-DE"].flatMap((locale) => ["", "Asia/Kolkata"].map((timezone) => ({ theme, locale, timezone }))),
);

type To = { readonly url: string; readonly client: Client<typeof DashboardsService> };

/** What stands for an answer that says no more than that there is too much to do. */
const busy = "busy";

/** So often a request is sent, 100 ms apart, before its tenant counts as shut out. */
const maxTries = 100;

/** Each resolves with the page, with `busy`, or with whatever came in its place. */
const ways = {
  async rest({ headers }: Victim, form: JsonObject, { url }: To) {
    const body = JSON.stringify({ dashboard_id: "ops", ...form });
    const answer = await fetch(`${url}${api}/render`, { method: "POST", headers, body });
    const text = await answer.text();
    if (answer.ok) return `${(JSON.parse(text) as JsonObject).html}`;
    return isBusy(answer.status, text) ? busy : `${answer.status} ${text}`;
  },
  async grpc({ headers: { authorization } }: Victim, form: JsonObject, { client }: To) {
    try {
      return (await client.render({ dashboardId: "ops", ...form }, { headers: { authorization: authorization! } }))
        .html;
    } catch (error) {
      const { code, rawMessage } = ConnectError.from(error);
      if (code === Code.Unavailable && rawMessage.search(canaryPattern) < 0) return busy;
      throw error;
    }
  },
  async link({ link }: Victim) {
    const answer = await fetch(link, { headers: uncompressed });
    const text = await answer.text();
    return isBusy(answer.status, text) ? busy : text;
  },
};

/** Whatever an answer's status is, it is looked at where it holds anybody's text. */
function isBusy(status: number, text: string): boolean {
  return status === 503 && text.search(canaryPattern) < 0;
}

/** So that the time goes into what is looked at. */
const uncompressed = { "accept-encoding": "identity" };

const api = "/api/v1/data-consumption/dashboards";

/** Makes a tenant with the dashboard, the connection and a link. */
async function plant({ url, token, source }: CanaryLoad, at: number): Promise<Victim> {
  const words = ["definition", "source"].map((where) => `canary-${where}-${at}-${randomBytes(6).toString("hex")}`);
  const [inDefinition, inSource] = words as [string, string];
  const scopes = ["dashboards:render", "dashboards:publish", "dashboards:share", "connections:write"];
  const authorization = `Bearer ${await token({ tenant: `canary-${at}`, scopes })}`;
  const headers = { authorization, "content-type": "application/json", ...uncompressed };
  const post = async (path: string, body: JsonObject) => {
    for (let tries = 1; ; tries += 1) {
      const answer = await fetch(`${url}${api}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
      if (answer.ok) return (await answer.json()) as JsonObject;
      const text = await answer.text();
      if (answer.status !== 503 || tries === maxTries) throw new Error(`canaries cannot be planted: ${path} ${text}`);
      await sleep(100);
    }
  };
  await post("/connections", {
    name: "api",
    http: { url: `http://127.0.0.1:${source.port}` },
    secret: { bearer_token: inSource },
  });
  const table = { columns: [{ name: "word" }] };
  await post("/definitions", {
    dashboard_id: "ops",
    layout: {
      title: inDefinition,
      panels: [
        { title: "Here", datasource: "here", table },
        { title: "There", datasource: "there", table },
      ],
    },
    datasources: [
      { id: "here", inline: { columns: [{ name: "word" }], rows: Array.from({ length: 24 }, () => [inDefinition]) } },
      { id: "there", ttl_s: 1, http: { connection: "api" } },
    ],
  });
  const share = await post("/share", { dashboard_id: "ops", expires_in_s: 86_400 });
  return { words: [inDefinition, inSource], headers, link: `${url}${new URL(`${share.url}`).pathname}` };
}
