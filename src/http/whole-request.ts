import type { ContextValues } from "@connectrpc/connect";
import type { CallRequest } from "../unary/unary-call.ts";
import type { Answer, KeptAnswer } from "./answer.ts";
import { goneSignal } from "./gone.ts";
import type { Call, Turn } from "./handler.ts";
import type { HeaderLines, NodeRequest, NodeResponse } from "./message.ts";
import { readBody } from "./read-body.ts";
import type { Procedure, Protocol } from "./request-over.ts";

/** Answers whole requests at a path with whole answers, without what streams need. */
export type WholeHandler = {
  /** The template of the path. */
  readonly requestPath: string;
  /** Which method it is, and by which protocol; absent for what is none of the proto's. */
  readonly procedure?: Procedure;
  readonly protocol?: Protocol;
  answer(request: WholeRequest): Promise<Answer | KeptAnswer>;
};

/** A request, of which as little is made as is asked for: `Headers` and signals take long to make. */
export class WholeRequest implements CallRequest {
  readonly method: string;
  readonly query: string;
  readonly contextValues: ContextValues;
  readonly #request: NodeRequest;
  readonly #response: NodeResponse;
  readonly #lines: HeaderLines;
  #headers: Headers | undefined;
  #signal: AbortSignal | undefined;

  constructor({ request, response, lines }: Turn, { query, contextValues }: Call) {
    this.method = request.method ?? "";
    this.query = query;
    this.contextValues = contextValues;
    this.#request = request;
    this.#response = response;
    this.#lines = lines;
  }

  /** As far as the caller tells it. */
  get url(): string {
    const host = this.header("host") ?? this.header(":authority") ?? "localhost";
    return `http://${host}${this.#request.url}`;
  }

  get headers(): Headers {
    this.#headers ??= new Headers([...this.#lines].flatMap(toPairs));
    return this.#headers;
  }

  get signal(): AbortSignal {
    this.#signal ??= goneSignal(this.#response);
    return this.#signal;
  }

  header(name: string): string | null {
    return this.#lines.get(name)?.join(", ") ?? null;
  }

  readBody(maxBytes: number): ReturnType<CallRequest["readBody"]> {
    return readBody(this.#request, this.#response, maxBytes);
  }
}

function toPairs([name, values]: [string, readonly string[]]): [string, string][] {
  return name.startsWith(":") ? [] : values.map((value) => [name, value]);
}
