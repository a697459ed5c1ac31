import { once } from "node:events";
import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";

/** Makes one request on an HTTP/2 connection of its own. */
export async function requestHttp2(port: number, headers: OutgoingHttpHeaders, body?: string | Buffer) {
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    const stream = session.request(headers, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
    let trailers: IncomingHttpHeaders = {};
    stream.once("trailers", (sent) => {
      trailers = sent;
    });
    const [answered] = await once(stream, "response");
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    return { status: answered[":status"] as number, headers: answered, trailers, bytes, text: bytes.toString() };
  } finally {
    session.close();
  }
}
