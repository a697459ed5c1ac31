import { setTimeout as sleep } from "node:timers/promises";
import { type ProxyTracerProvider, type Tracer, type TracerProvider, trace } from "@opentelemetry/api";
import type { FollowRequest } from "../http/dispatch.ts";
import type { OnRead } from "../source/source-read-seen.ts";
import { createFollow } from "./follow-requests.ts";
import { createPartSpans } from "./part-spans.ts";
import { traceMethods } from "./trace-methods.ts";

/** Traces of what the service does, for whoever has loaded an SDK of OpenTelemetry before it. */
export type Tracing = {
  /** Has a span for each request, in the trace that its caller names. */
  readonly follow: FollowRequest;
  /** Have a span for what was done for the request that goes on. */
  readonly onRead: OnRead;
  readonly onDrawn: (drawn: { readonly ms: number }) => void;
  /** Returns an object whose methods have spans, but for those that are named. */
  watch<T extends object>(name: string, object: T, unwatched: readonly (keyof T)[]): T;
  /** Returns the trace that goes on, as fields of a log line; none where there is none. */
  logFields(): { readonly trace_id?: string };
  /** Has the SDK send what it holds, which is lost when the process ends; gives up after 2 s. Never rejects. */
  flush(): Promise<void>;
};

const tracerName = "datajetty-dashboards";

/** Returns undefined where no SDK was loaded: then nothing is done for traces, however cheap. */
export function openTracing(): Tracing | undefined {
  const tracer = registeredTracer();
  if (tracer === undefined) return undefined;
  return {
    follow: createFollow(tracer),
    ...createPartSpans(tracer),
    watch: (name, object, unwatched) => traceMethods(tracer, name, object, unwatched),
    logFields() {
      const traceId = trace.getActiveSpan()?.spanContext().traceId;
      return traceId === undefined ? {} : { trace_id: traceId };
    },
    flush,
  };
}

/** The API's own provider stands for one that is still to be registered; it knows whether one was. */
function registeredTracer(): Tracer | undefined {
  const provider: TracerProvider & Partial<ProxyTracerProvider> = trace.getTracerProvider();
  return provider.getDelegateTracer === undefined
    ? provider.getTracer(tracerName)
    : provider.getDelegateTracer(tracerName);
}

const flushMs = 2_000;

/** SDKs have this, although the API does not name it. */
async function flush(): Promise<void> {
  const provider: TracerProvider & Partial<ProxyTracerProvider> = trace.getTracerProvider();
  const registered: TracerProvider & { forceFlush?: () => Promise<void> } = provider.getDelegate?.() ?? provider;
  await Promise.race([registered.forceFlush?.().catch(() => {}), sleep(flushMs, undefined, { ref: false })]);
}
