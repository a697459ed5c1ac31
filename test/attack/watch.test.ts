/** Whether what stands around the service under attack answers as it is told, and sees who comes. */
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect as connectTo, createServer } from "node:net";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { startDnsServer } from "./around/dns-server.ts";
import { createHttpUpstream, defaultRows } from "./around/http-upstream.ts";
import { publicAddresses } from "./around/names.ts";
import { startSinkhole } from "./around/sinkhole.ts";

const test = suite("the watch over attacks");

test("the name server answers what it is told, and that other names do not exist", async () => {
  const port = await freePort();
  const dns = await startDnsServer(
    {
      "four.test": { addresses: [["127.0.0.1", "10.0.0.1"]] },
      "six.test": { addresses: [["fd00:ec2::254"]] },
      "turns.test": { addresses: [["93.184.216.34"], ["169.254.169.254"]] },
      "alias.test": { alias: "four.test" },
    },
    { host: "127.0.0.1", port },
  );
  const resolver = new Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  assert.equal(await resolver.resolve4("four.test"), ["127.0.0.1", "10.0.0.1"]);
  assert.equal(await resolver.resolve6("six.test"), ["fd00:ec2::254"]);
  assert.equal(await resolver.resolve4("alias.test"), ["127.0.0.1", "10.0.0.1"]);
  assert.equal(await resolver.resolve4("turns.test"), ["93.184.216.34"]);
  assert.equal(await resolver.resolve4("turns.test"), ["169.254.169.254"]);
  dns.startOver();
  assert.equal(await resolver.resolve4("turns.test"), ["93.184.216.34"]);
  assert.is(await resolver.resolve4("none.test").catch(({ code }) => code), "ENOTFOUND");
  assert.is(await resolver.resolve4("six.test").catch(({ code }) => code), "ENODATA");
  assert.equal(new Set(dns.asked).size, 5);
  await dns.close();
});

test("the sinkhole serves the welcome, and writes down and cuts all others", async () => {
  const port = await freePort();
  const sinkhole = await startSinkhole([port], { address: "127.0.0.2", port, serve: (socket) => socket.end("hello") });
  assert.is(await readAll("127.0.0.2", port), "hello");
  assert.is(await readAll("127.0.0.1", port), "");
  assert.equal(sinkhole.caught, [{ address: "127.0.0.1", port }]);
  await sinkhole.close();
});

test("an upstream answers what it is told, byte for byte, and counts", async () => {
  const upstream = createHttpUpstream();
  const port = await upstream.listen("127.0.0.1");
  const ask = () => readAll("127.0.0.1", port, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  assert.match(await ask(), /^HTTP\/1\.1 200 x\r\n.*content-length: \d+\r\n\r\n\[\{/s);
  upstream.reply({
    status: 301,
    headers: { location: "http://l/", "content-length": "1" },
    headersRepeat: ["x", "y", 2],
  });
  assert.match(await ask(), /^HTTP\/1\.1 301 x\r\n.*content-length: 1\r\nx: y\r\nx: y\r\n\r\n$/s);
  upstream.reply({ raw: "[]" });
  assert.is(await ask(), "[]");
  upstream.reply({ refuse: true });
  assert.is(await ask(), "");
  upstream.reply({ resetAfter: "headers" });
  assert.not.match(await ask(), /row/);
  assert.equal([upstream.requests.length, upstream.connections()], [4, 5]);
  assert.equal(upstream.requests[0], { method: "GET", path: "/a", headers: [["host", "h"]] });
  assert.ok(defaultRows.includes("row-UP-1"));
  upstream.close();
});

test("of all that cases name one address is public: the first one of the name that stands for another later", () => {
  assert.equal([...publicAddresses], ["93.184.215.14"]);
});

test.run();

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** What a connection gives until nothing comes any more for a moment. */
function readAll(host: string, port: number, send = ""): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connectTo(port, host, () => socket.write(send));
    socket.setTimeout(100, () => socket.destroy());
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", () => {}).on("close", () => resolve(text));
  });
}
