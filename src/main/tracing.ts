import type { Tracing } from "../tracing/open-tracing.ts";

/** Where OpenTelemetry's API, of version 1, keeps what an SDK has registered, for all copies of it in a process. */
const registered = Symbol.for("opentelemetry.js.api.1");

/**
 * Opens traces where an SDK was loaded before (`node --import ./otel.mjs src/main.ts`), and returns undefined where none
 * was. Not even the API is loaded then, which takes a start some 10 ms.
 */
export async function loadTracing(): Promise<Tracing | undefined> {
  if (!(registered in globalThis)) return undefined;
  const { openTracing } = await import("../tracing/open-tracing.ts");
  return openTracing();
}
