/** A piece of a body: text, text repeated, text with a counter for `%d`, bytes, or pieces compressed. */
export type Part =
  | string
  | { readonly repeat: string; readonly n: number }
  | { readonly cycle: string; readonly n: number; readonly sep?: string }
  | { readonly hex: string }
  | { readonly gzip: readonly Part[] }
  | { readonly brotli: readonly Part[] };

/** Who sends a request. Loops of many tenants name them. */
export type Auth =
  | "A"
  | "B"
  | "none"
  | { readonly raw: string }
  | { readonly jwt: JwtChanges }
  | { readonly tenant: string };

/** What makes a token other than the good one of tenant A. */
export type JwtChanges = {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly claims_raw?: string;
  readonly claims_hex?: string;
  readonly claims_patch_raw?: string;
  readonly key?: string;
  readonly sig?: string;
  readonly payload_from?: string;
  readonly mutate?: Mutation;
  /** Another writing of the same signature. */
  readonly twin?: boolean;
};

/** A change of a token's text. */
export type Mutation = {
  readonly segment?: number;
  readonly at?: "first" | "middle" | "last";
  readonly truncate?: number;
  readonly truncate_to?: number;
  readonly append?: string;
  readonly prepend?: string;
  readonly concat_self?: boolean;
  readonly percent_encode?: boolean;
  readonly base64std?: boolean;
  /** Another writing of the same bytes. */
  readonly twin?: boolean;
};

/** What a response is held to. */
export type Expectation = {
  readonly status: readonly number[];
  readonly tolerate?: readonly number[];
  readonly error?: readonly string[];
  readonly props?: readonly string[];
};

/** One step, as the README of the corpus has it; which fields it has depends on `do`. */
export type Step = {
  readonly do: string;
  readonly method?: string;
  readonly path?: string;
  readonly auth?: Auth;
  readonly headers?: Readonly<Record<string, string>>;
  readonly dup_headers?: readonly (readonly [string, string])[];
  readonly body?: readonly Part[];
  readonly parts?: readonly Part[];
  readonly wait_ms?: number;
  readonly template?: string;
  readonly inject?: Readonly<Record<string, string | readonly Part[]>>;
  readonly save?: string;
  readonly pass_if_status?: readonly number[];
  readonly expect?: Omit<Expectation, "props">;
  readonly dashboard?: string;
  readonly expires_in_s?: number;
  readonly filters?: Readonly<Record<string, unknown>>;
  readonly viewer_filters?: readonly string[];
  readonly token?: string;
  readonly query?: string;
  readonly mutate?: Mutation;
  readonly forge?: {
    readonly claims?: Readonly<Record<string, unknown>>;
    readonly keys?: readonly string[];
    readonly alg?: string;
  };
  readonly n?: number;
  readonly concurrency?: number;
  readonly step?: Step;
  /** A list within the list runs in turn, beside the others. */
  readonly steps?: readonly (Step | readonly Step[])[];
  readonly a?: Step;
  readonly b?: Step;
  readonly ms?: number;
  readonly op?: string;
  readonly target?: string;
  readonly tenant?: string;
  readonly from?: string;
  readonly to?: string;
  readonly id?: string;
  readonly reply?: UpstreamReply;
  readonly env?: Readonly<Record<string, string>>;
  /** One of gRPC: bytes as they are, or a message as JSON. */
  readonly frames?: readonly ({ readonly raw: readonly Part[] } | { readonly json: object })[];
  /** How many tenants send the requests in turn. */
  readonly tenants?: number;
  /** How many processes of the service there are. */
  readonly instances?: number;
  /** When clients give up. */
  readonly abort_ms?: number;
  readonly rps?: number;
  readonly s?: number;
  readonly interval_ms?: number;
  readonly edges?: number;
  readonly kind?: string;
  readonly connections?: number;
  readonly probe?: Step;
  readonly multiple?: number;
  readonly value?: string | readonly Part[];
  readonly limit?: string;
  /** The point at which a process is killed. */
  readonly at?: string;
  /** How often a process is killed, and how many callers it has meanwhile. */
  readonly cycles?: number;
  readonly kills?: number;
  readonly writers?: number;
  /** How long there is load before a process is told to end, and by what. */
  readonly after_ms?: number;
  readonly signal?: string;
};

/** How an upstream answers from now on: an HTTP one by the first fields, a gRPC one by the last. */
export type UpstreamReply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly headers_repeat?: readonly [name: string, value: string, n: number];
  readonly body?: string | readonly Part[];
  readonly refuse?: boolean;
  readonly blackhole?: boolean;
  readonly delay_ms?: number;
  readonly reset_after?: string;
  readonly stream?: string;
  readonly interval_ms?: number;
  readonly headers_drip_ms?: number;
  readonly raw?: string;
  readonly tls?: string;
  readonly code?: number;
  readonly message?: string;
  readonly goaway?: boolean;
  readonly content_type?: string;
};

/** One attack, and what must come of it. */
export type Case = {
  readonly id: string;
  readonly name: string;
  readonly sev?: string;
  readonly needs?: readonly string[];
  readonly steps: readonly Step[];
  readonly expect: Expectation & { readonly props: readonly string[] };
};

/** Returns the step and every step within it. */
export function stepsWithin(step: Step): readonly Step[] {
  const inner = [step.step, step.a, step.b, step.probe, ...(step.steps ?? []).flat()];
  return [step, ...inner.filter((each) => each !== undefined).flatMap(stepsWithin)];
}
