/**
 * ClickHouse's HTTP interface over the engine of the npm package `chdb`, as far as a test needs it: the
 * statement, parameters and settings in, the body or the exception out. It is a process of its own, because
 * the engine may take its process along. Says on its standard output on which port of loopback it listens.
 *
 * Usage: node clickhouse-shim.ts <folder in which chdb is installed>
 */
import { createServer, type IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

type Engine = { queryAsync(sql: string): Promise<{ bytes(): Uint8Array }> };

const { Session } = createRequire(`${process.argv[2]}/`)("chdb") as { readonly Session: new () => Engine };
const engine = new Session();

const quoted = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;

async function answer(request: IncomingMessage): Promise<Uint8Array> {
  const query = (await buffer(request)).toString();
  const fields = [...new URL(request.url!, "http://shim").searchParams];
  if (request.headers.authorization !== `Basic ${btoa("default:secret")}`) throw new Error("Code: 516. DB::Exception");
  const settings = fields.filter(([name]) => !/^(query_id|database|param_.*)$/.test(name));
  for (const [name, text] of fields.filter(([name]) => name.startsWith("param_"))) {
    await engine.queryAsync(`set ${name} = ${quoted(text)}`);
  }
  const list = settings.map(([name, value]) => `${name} = ${quoted(value)}`).join(", ");
  return (await engine.queryAsync(`${query}${list === "" ? "" : ` settings ${list}`}`)).bytes();
}

let last: Promise<unknown> = Promise.resolve();

const server = createServer({ maxHeaderSize: 1_000_000 }, async (request, response) => {
  // One after the other: parameters are the session's.
  const mine = last.then(() => answer(request));
  last = mine.catch(() => engine.queryAsync("select 1"));
  try {
    response.end(await mine);
  } catch (error) {
    const text = (error as Error).message;
    response.writeHead(500, { "X-ClickHouse-Exception-Code": /Code: (\d+)/.exec(text)?.[1] ?? "1001" }).end(text);
  }
});
server.listen(0, "127.0.0.1", () => console.log(`${(server.address() as AddressInfo).port}`));
