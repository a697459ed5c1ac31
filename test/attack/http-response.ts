/** An HTTP/1.1 response as it arrived. */
export type HttpResponse = {
  readonly status: number;
  readonly head: string;
  /** In order of arrival, names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
};

/** The value of a header, undefined unless it is there once. */
export function headerOf(response: HttpResponse, name: string): string | undefined {
  const found = response.headers.filter(([each]) => each === name);
  return found.length === 1 ? found[0]![1] : undefined;
}

/** The body as a JSON object, undefined if it is none. */
export function jsonOf({ body }: HttpResponse): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What was read of a connection: whole responses, and how many bytes they took. */
export type Reading = { readonly responses: readonly HttpResponse[]; readonly usedBytes: number };

/**
 * Reads the whole responses at the start of what a connection gave; interim ones (1xx) are passed
 * over. `closed` says that no more will come, which ends a body without a length. The method of the
 * first request decides whether its response has a body.
 */
export function readResponses(bytes: Buffer, method: string, closed: boolean): Reading {
  const responses: HttpResponse[] = [];
  let at = 0;
  for (;;) {
    const headEnd = bytes.indexOf("\r\n\r\n", at);
    if (headEnd < 0) break;
    const head = bytes.toString("latin1", at, headEnd);
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]);
    if (Number.isNaN(status)) throw new Error("what the service sent is no HTTP response");
    const headers = head
      .split("\r\n")
      .slice(1)
      .map(
        (line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()] as const,
      );
    const interim = status < 200;
    const bodiless = interim || status === 204 || status === 304 || (method === "HEAD" && responses.length === 0);
    const body = bodiless ? { text: "", end: headEnd + 4 } : readBody(bytes, headEnd + 4, headers, closed);
    if (body === undefined) break;
    at = body.end;
    if (!interim) responses.push({ status, head, headers, body: body.text });
  }
  return { responses, usedBytes: at };
}

type Body = { readonly text: string; readonly end: number };

function readBody(bytes: Buffer, start: number, headers: HttpResponse["headers"], closed: boolean): Body | undefined {
  const value = (name: string) => headers.find(([each]) => each === name)?.[1];
  if (value("transfer-encoding") === "chunked") return readChunks(bytes, start);
  const length = value("content-length");
  const end = length === undefined ? bytes.length : start + Number(length);
  if (end > bytes.length || (length === undefined && !closed)) return undefined;
  return { text: bytes.toString("utf8", start, end), end };
}

function readChunks(bytes: Buffer, start: number): Body | undefined {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (size === 0) {
      // Trailers may follow, up to an empty line.
      const last = bytes.indexOf("\r\n\r\n", lineEnd);
      return last < 0 ? undefined : { text: Buffer.concat(chunks).toString(), end: last + 4 };
    }
    const end = lineEnd + 2 + size + 2;
    if (end > bytes.length) return undefined;
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = end;
  }
}
