import { fault } from "../errors/fault.ts";
import type { NodeResponse } from "./message.ts";

/** Whether whoever asked has gone away, or been answered. Node's responses of HTTP/2 do not say so themselves. */
export function isGone(response: NodeResponse): boolean {
  return "stream" in response ? response.stream.destroyed : response.destroyed;
}

/** Returns a signal that aborts with CANCELED when whoever asked goes away. */
export function goneSignal(response: NodeResponse): AbortSignal {
  const gone = new AbortController();
  const abort = () => gone.abort(fault("CANCELED", "the caller went away"));
  if (isGone(response)) abort();
  else {
    response.once("close", () => {
      // An HTTP/2 stream that was reset counts as finished as well.
      if ("stream" in response || !response.writableFinished) abort();
    });
  }
  return gone.signal;
}
