import type { Message } from "@bufbuild/protobuf";
import type { ContextValues, HandlerContext, UnaryRequest, UnaryResponse } from "@connectrpc/connect";
import type { CallRequest, GateContext, UnarySpec } from "./unary-call.ts";

/**
 * The context of a call. `Headers` and signals are made when somebody asks for them: hardly any method or
 * interceptor does, and they take longer to make than all else that a call goes through whose answer is kept.
 */
export class CallContext implements HandlerContext {
  readonly protocolName: string;
  readonly method: UnarySpec["method"];
  readonly service: HandlerContext["service"];
  readonly requestMethod: string;
  readonly timeoutMs = () => undefined;
  readonly #request: CallRequest;
  /** What the interceptors have made of the request; until then there is only the request itself. */
  #passed: UnaryRequest | undefined;
  readonly #answer = new Map<string, string>();
  #answerHeaders: Headers | undefined;
  #trailer: Headers | undefined;
  #signal: AbortSignal | undefined;
  #limit = (signal: AbortSignal) => signal;

  constructor({ method }: UnarySpec, request: CallRequest, protocolName: string) {
    this.protocolName = protocolName;
    this.method = method;
    this.service = method.parent;
    this.requestMethod = request.method;
    this.#request = request;
  }

  get url(): string {
    return this.#request.url;
  }
  get values(): ContextValues {
    return this.#passed?.contextValues ?? this.#request.contextValues;
  }
  get signal(): AbortSignal {
    return this.#passed?.signal ?? this.callSignal;
  }
  /** Of the call itself, whatever the interceptors have made of it. */
  get callSignal(): AbortSignal {
    this.#signal ??= this.#limit(this.#request.signal);
    return this.#signal;
  }
  get requestHeader(): Headers {
    return this.#passed?.header ?? this.#request.headers;
  }
  get responseHeader(): Headers {
    this.#answerHeaders ??= new Headers([...this.#answer]);
    return this.#answerHeaders;
  }
  get responseTrailer(): Headers {
    this.#trailer ??= new Headers();
    return this.#trailer;
  }

  /** As `responseHeader.set`. */
  set(name: string, value: string): void {
    if (this.#answerHeaders === undefined) this.#answer.set(name.toLowerCase(), value);
    else this.#answerHeaders.set(name, value);
  }

  /** Has the call's signal be another one, which is made of it when somebody looks. */
  limitSignal(limit: (signal: AbortSignal) => AbortSignal): void {
    this.#limit = limit;
  }

  /** Returns as much of the context as costs nothing. */
  toGateContext(): GateContext {
    return {
      method: this.method,
      values: this.#request.contextValues,
      requestHeader: { get: (name) => this.#request.header(name) },
      responseHeader: { set: (name, value) => this.set(name, value) },
    };
  }

  /** Returns the call as interceptors have it. */
  toUnaryRequest(message: Message): UnaryRequest {
    const context = this;
    const request = this.#request;
    // An interceptor may make another one of it, whose properties are read through it.
    return {
      stream: false,
      message,
      method: this.method,
      service: this.service,
      requestMethod: this.requestMethod,
      contextValues: request.contextValues,
      get url() {
        return request.url;
      },
      get signal() {
        return context.callSignal;
      },
      get header() {
        return request.headers;
      },
    };
  }

  /** Returns an answer as interceptors have it. They may set headers of it, not put others in their place. */
  toUnaryResponse(message: Message): UnaryResponse {
    const context = this;
    return {
      stream: false,
      message,
      method: this.method,
      service: this.service,
      get header() {
        return context.responseHeader;
      },
      get trailer() {
        return context.responseTrailer;
      },
    };
  }

  /** Takes over what the interceptors have passed on. */
  pass(request: UnaryRequest): this {
    this.#passed = request;
    return this;
  }

  /** Returns the answer's headers, their names in lower case. */
  answerHeaders(): Record<string, string> {
    return Object.fromEntries(this.#answerHeaders ?? this.#answer);
  }

  /** Returns the answer's trailers, their names in lower case. */
  answerTrailers(): Record<string, string> {
    return this.#trailer === undefined ? {} : Object.fromEntries(this.#trailer);
  }
}
