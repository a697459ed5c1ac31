import type { Socket } from "node:net";
import * as assert from "uvu/assert";
import type { Address } from "../../src/source/connector.ts";
import { suite } from "../harness.ts";
import { createProxy } from "../store/proxy.ts";
import { failureOf } from "./failure-of.ts";
import { boundsOf, boundsOfMs, connectTo, createWarehouse, listen, toQuestion } from "./postgres-fixture.ts";

const test = suite("PostgreSQL source and its servers' failures");

const warehouse = await createWarehouse();
const proxy = await createProxy(warehouse.url);
const near: Address = { host: "127.0.0.1", port: Number(new URL(proxy.url).port) };
const connector = connectTo(near);
const connection = warehouse.connection();
const sleep = toQuestion("select pg_sleep(60)");

test.after(async () => {
  await connector.close();
  await proxy.close();
  await warehouse.close();
});

const ask = async (query: string) =>
  (await connector.read(connection, toQuestion(query), boundsOf())).columns[0]!.values[0];
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const timed = async (work: Promise<string>): Promise<[failure: string, ms: number]> => {
  const startMs = performance.now();
  return [await work, performance.now() - startMs];
};
const lost = /^source_unavailable: (the connection was lost|the server is not available \(57P01\))$/;
const late = "source_timeout: there was no answer in time";

test("a query whose time is up is cancelled at the server", async () => {
  const [failure, ms] = await timed(failureOf(connector.read(connection, sleep, boundsOfMs(200, { timeoutMs: 5000 }))));
  assert.is(failure, late);
  assert.ok(ms < 600, `${ms}`);
  assert.equal(
    (await warehouse.sessions()).filter(({ query }) => query.includes("pg_sleep")),
    [],
  );
});

test("a server that swallows everything holds nobody up, and the next read is well", async () => {
  await ask("select 1");
  proxy.swallow(true);
  const kept = await timed(failureOf(connector.read(connection, toQuestion("select 1"), boundsOfMs(200))));
  const fresh = await timed(failureOf(connector.read(connection, toQuestion("select 1"), boundsOfMs(200))));
  proxy.swallow(false);
  assert.equal([kept[0], fresh[0]], [late, late]);
  assert.ok(kept[1] < 800 && fresh[1] < 800, `${kept} ${fresh}`);
  assert.is(await ask("select 1"), 1);
});

test("who does not answer within two seconds is not available", async () => {
  const silent = await listen(() => {});
  const other = connectTo(silent.address);
  const probes = ["on", "off"].map((tls) => failureOf(other.probe(warehouse.connection({ tls }), boundsOf())));
  const [failures, ms] = [await Promise.all(probes), 0];
  assert.equal(failures, Array(2).fill("source_unavailable: the host does not answer"), `${ms}`);
  await silent.close();
});

test("a backend that is killed fails its query alone", async () => {
  const work = failureOf(connector.read(connection, sleep, boundsOf()));
  await pause(100);
  await warehouse.run(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${warehouse.user}'`);
  assert.match(await work, lost);
  assert.is(await ask("select 2"), 2);
});

test("kept sessions that were killed, or cut unseen, are not missed", async () => {
  await Promise.all([1, 2, 3].map((n) => ask(`select ${n} from pg_sleep(0.05)`)));
  await warehouse.run(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${warehouse.user}'`);
  assert.equal(await Promise.all([1, 2, 3].map((n) => ask(`select ${n}`))), [1, 2, 3]);
  proxy.cut();
  assert.equal(await Promise.all([1, 2, 3].map((n) => ask(`select ${n}`))), [1, 2, 3]);
});

test("a server that is down is said to be, and found again when it is back", async () => {
  await proxy.shut();
  assert.is(await failureOf(ask("select 1")), "source_unavailable: the host refuses the connection");
  await proxy.open();
  assert.is(await ask("select 1"), 1);
});

test("a server that is slow keeps its sessions: to log in anew would make it slower", async () => {
  const backend = () => ask("select pg_backend_pid()");
  const known = await backend();
  proxy.delay(150);
  const slow = [await backend(), await backend()];
  proxy.delay(0);
  assert.equal(slow, [known, known]);
});

test("a connection may be cut at any moment", async () => {
  for (let round = 0; round < 40; round += 1) {
    const work = [1, 2, 3].map(() =>
      ask("select count(*), repeat('x', 20000) as x from generate_series(1, 2000) g group by g").catch(String),
    );
    await pause(round / 2);
    proxy.cut();
    for (const outcome of await Promise.all(work))
      assert.match(`${outcome}`, /^1$|^SourceError: (the connection was lost|the host cannot be reached)$/);
  }
  assert.is(await ask("select 1"), 1);
});

test("reads end with the connector", async () => {
  const other = connectTo(near);
  const work = failureOf(other.read(connection, sleep, boundsOf()));
  await pause(100);
  await other.close();
  assert.match(await work, lost);
});

const message = (type: string, ...body: readonly (string | number | Buffer)[]): Buffer => {
  const bytes = Buffer.concat(body.map((part) => (typeof part === "number" ? int32(part) : Buffer.from(part))));
  return Buffer.concat([Buffer.from(type), int32(bytes.length + 4), bytes]);
};
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const ready = message("Z", "I");
const loggedIn = Buffer.concat([message("R", 0), message("K", 1, 2), ready]);
const sasl = message("R", 10, "SCRAM-SHA-256\0\0");
const noise = (seed: number) => Buffer.from(Array.from({ length: 400 }, (_, at) => (seed * 7919 + at * at * 31) % 251));

/** What servers say to a login, and then to each of what they are asked. */
const hostile: Readonly<Record<string, readonly Buffer[]>> = {
  "hangs up": [],
  "speaks HTTP": [Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
  "asks for a billion rounds of hashing": [sasl, message("R", 11, "r=x,s=AAAA,i=2000000000")],
  "sends a challenge that is none": [sasl, message("R", 11, "nonsense")],
  "sends a challenge out of turn": [message("R", 11, "r=x,s=AAAA,i=4096")],
  "ends a login that did not begin": [message("R", 12, "v=x")],
  "knows another kind of login": [message("R", 7)],
  "has a message of 4 GB": [Buffer.concat([Buffer.from("S"), int32(0xffffffff)])],
  "has a message of no length": [Buffer.from("S\0\0\0\0")],
  "never stops to talk": [message("S", "a\0b\0".repeat(500_000))],
  "wants a copy": [loggedIn, message("C", "SELECT 1\0"), message("G", "\0\0\0")],
  "sends a copy": [loggedIn, message("H", "\0\0\0")],
  "sends rows of no columns": [loggedIn, Buffer.concat([message("D", "\0\x01", 4, "word")]), ready],
  "suspends what has no limit": [loggedIn, message("s"), ready],
  "closes what is not open": [loggedIn, message("3"), ready],
  "is ready again and again": [loggedIn, Buffer.concat(Array(50).fill(ready))],
  "has columns that are none": [
    loggedIn,
    Buffer.concat([message("C", "SELECT 1\0"), ready]),
    message("T", "\xff\xff", "x"),
  ],
  "has a column's name without an end": [loggedIn, message("T", "\0\x01", "endless")],
  "has fewer columns than it says": [loggedIn, message("T", "\0\x02", "a\0", Buffer.alloc(18))],
  "notifies without an end": [loggedIn, message("A", 1, "endless")],
  "logs in twice": [loggedIn, message("R", 0)],
  ...Object.fromEntries(Array.from({ length: 12 }, (_, seed) => [`sends noise ${seed}`, [noise(seed)]])),
  ...Object.fromEntries(
    Array.from({ length: 12 }, (_, seed) => [`logs in and sends noise ${seed}`, [loggedIn, noise(seed)]]),
  ),
};

test("no server ends the process, or holds it up", async () => {
  for (const [name, answers] of Object.entries(hostile)) {
    const heard: Buffer[] = [];
    const serve = (socket: Socket) => {
      let turn = 0;
      socket.on("data", (data: Buffer) => {
        heard.push(data);
        const answer = answers[turn];
        turn += 1;
        if (answer !== undefined) socket.write(answer);
        else socket.destroy();
      });
      // It may wait for us, and we for it.
      setTimeout(() => socket.destroy(), 60);
    };
    const server = await listen(serve);
    const other = connectTo(server.address);
    const [failure, ms] = await timed(
      failureOf(other.read(warehouse.connection({ password: "hunter2" }), toQuestion("select 1"), boundsOf())),
    );
    assert.match(failure, /^source_(failed|unavailable): /, name);
    assert.ok(ms < 500, `${name}: ${ms} ms`);
    assert.not.ok(Buffer.concat(heard).includes("hunter2"), name);
    await other.close();
    await server.close();
  }
});

test("a password is not sent in clear text without TLS", async () => {
  const heard: Buffer[] = [];
  const server = await listen((socket) => {
    socket.on("data", (data: Buffer) => {
      heard.push(data);
      socket.write(message("R", 3));
    });
  });
  const other = connectTo(server.address);
  const failure = await failureOf(other.probe(warehouse.connection({ password: "hunter2" }), boundsOf()));
  assert.is(failure, "source_failed: the server asks for the password in clear text, and there is no TLS");
  assert.not.ok(Buffer.concat(heard).includes("hunter2"));
  await server.close();
});

test("a query is not run where the server says that there is no transaction", async () => {
  const answersTo = async (status: string) => {
    const begun = [message("C", "BEGIN\0"), message("Z", status)];
    const described = [message("1"), message("t", "\0\x01", 25), message("T", "\0\x01", "a\0", Buffer.alloc(18))];
    const answers = [
      loggedIn,
      Buffer.concat([message("C", "SELECT 1\0"), ready]),
      Buffer.concat([...begun, ...described]),
    ];
    const heard: string[] = [];
    const server = await listen((socket) =>
      socket.on("data", (data: Buffer) => {
        heard.push(data.toString("latin1"));
        socket.write(answers[heard.length - 1] ?? message("E", "\0"));
      }),
    );
    const other = connectTo(server.address);
    const failure = await failureOf(
      other.read(warehouse.connection(), toQuestion("select :word", { word: "the value" }), boundsOfMs(200)),
    );
    await other.close();
    await server.close();
    return [failure, heard.some((data) => data.includes("the value"))];
  };
  assert.equal(await answersTo("I"), ["source_failed: the server began no transaction", false]);
  const [, wasRun] = await answersTo("T");
  assert.ok(wasRun, "it would have been");
});

test("what comes along with the answer to TLS is not taken for encrypted", async () => {
  const server = await listen((socket) =>
    socket.once("data", () => socket.write(Buffer.concat([Buffer.from("S"), loggedIn]))),
  );
  const other = connectTo(server.address);
  assert.is(
    await failureOf(other.probe(warehouse.connection({ tls: "on" }), boundsOf())),
    "source_failed: the server offers no TLS",
  );
  await server.close();
});

test.run();
