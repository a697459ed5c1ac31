import type { Dispatcher, Pool } from "undici";
import { SourceError } from "../source-error.ts";
import { isCutOff } from "./failure.ts";

/** An answer's head, and its body as it comes. Whoever does not read `body` to its end destroys it. */
export type HttpAnswer = Pick<Dispatcher.ResponseData, "statusCode" | "headers" | "body">;

/** What an answer may hold, in bytes. */
const maxBodyBytes = 5 * 1024 * 1024;

/**
 * Sends a request and returns its answer, whatever its status: no redirect is followed. A GET is sent again, once,
 * where the connection ended before an answer came: the service may just have closed what was kept.
 */
export async function sendRequest(
  pool: Pool,
  request: Pick<Dispatcher.RequestOptions, "method" | "path" | "headers" | "body" | "signal">,
): Promise<HttpAnswer> {
  const send = async () => {
    const answer = await pool.request(request);
    // Where nobody reads on, nobody is told that the rest broke off.
    answer.body.on("error", () => undefined);
    return answer;
  };
  try {
    return await send();
  } catch (error) {
    if (request.method !== "GET" || !isCutOff(error)) throw error;
    return send();
  }
}

/**
 * Returns the bytes of an answer in JSON, as they were sent. Throws SourceError, before reading, for any other
 * type or encoding than JSON in UTF-8 and none, and for more than 5 MiB.
 */
export async function readJsonBody({ headers, body }: HttpAnswer): Promise<Buffer> {
  const encoding = textOf(headers["content-encoding"]).trim();
  // To decode is to let 1 MB become 1 GB, and decoders have had holes of their own.
  if (!/^(identity)?$/i.test(encoding)) throw failed("the answer is compressed, though that was not asked for");
  if (!isJsonType(textOf(headers["content-type"]))) throw failed("the answer is not declared as JSON in UTF-8");
  if (Number(textOf(headers["content-length"])) > maxBodyBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

function isJsonType(text: string): boolean {
  const [type = "", ...parameters] = text.toLowerCase().split(";");
  const charset = parameters.map((each) => each.trim()).filter((each) => each.startsWith("charset="));
  return (
    /^application\/([a-z0-9.!#$&^_-]+\+)?json$/.test(type.trim()) &&
    charset.every((each) => /^charset="?utf-?8"?$/.test(each))
  );
}

/** A header that comes twice is none that is known. */
function textOf(header: string | string[] | undefined): string {
  return Array.isArray(header) ? header.join(", ") : (header ?? "");
}

function tooLarge(): SourceError {
  return failed(`the answer is larger than ${maxBodyBytes / 1024 / 1024} MiB`);
}

function failed(category: string): SourceError {
  return new SourceError("source_failed", category);
}
