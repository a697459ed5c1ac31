import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import * as assert from "uvu/assert";
import { createClickhouseConnector } from "../../src/source/clickhouse/connector.ts";
import { suite } from "../harness.ts";
import { authority, certificate, certificateKey, expiredCertificate } from "./certificates.ts";
import { bounds, clickhouseConnection, createTestConnector, rowsOf } from "./clickhouse-fixture.ts";
import { failureOf } from "./failure-of.ts";

const test = suite("ClickHouse source: protocol");

/** What is said to a query; the profile is asked for first, and answered by itself. */
let say: (response: ServerResponse, request: IncomingMessage) => void;
let profile: Record<string, string>;
let profileAsked = 0;
const asked: URLSearchParams[] = [];
const heads: IncomingMessage["headers"][] = [];

const answer: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const rows = Object.entries(profile).map((entry) => JSON.stringify(entry));
    if (Buffer.concat(chunks).includes("system.settings")) {
      profileAsked += 1;
      response.end(document(["name", "value"], rows));
      return;
    }
    asked.push(new URL(request.url!, "http://server").searchParams);
    heads.push(request.headers);
    say(response, request);
  });
};

const servers: Server[] = [];
const start = async (server: Server) => {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};
const port = await start(createServer(answer));
const tlsPort = await start(createTlsServer({ cert: certificate, key: certificateKey }, answer));

let connector = createTestConnector();
test.beforeEach(() => {
  connector = createTestConnector();
  profile = { readonly: "0", max_execution_time: "0", max_result_rows: "0", date_time_output_format: "simple" };
  say = (response) => response.end(document(["a"], ["[1]"]));
  profileAsked = 0;
  asked.length = 0;
  heads.length = 0;
});
test.afterEach(() => connector.close());
test.after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** An answer as servers write it; columns are of type UInt8 unless their name says otherwise. */
function document(columns: readonly string[], rows: readonly string[]): string {
  const type = (name: string) => (name === "a" ? "UInt8" : "String");
  const meta = columns.map((name) => `\t\t{\n\t\t\t"name": "${name}",\n\t\t\t"type": "${type(name)}"\n\t\t}`);
  const data = rows.map((row) => `\t\t${row}`).join(",\n");
  return `{\n\t"meta":\n\t[\n${meta.join(",\n")}\n\t],\n\n\t"data":\n\t[\n${data}\n\t],\n\n\t"rows": ${rows.length}\n}\n`;
}

const select = (within = {}) => connector.ask(clickhouseConnection(port), "select 1 as a", {}, within);

test("settings that the server knows are sent, and readonly comes last", async () => {
  await select({ maxRows: 7, timeoutMs: 2500 });
  const [first] = asked;
  assert.equal(
    [...first!].filter(([name]) => name !== "query_id"),
    [
      ["date_time_output_format", "iso"],
      ["max_execution_time", "3"],
      ["max_result_rows", "8"],
      ["readonly", "1"],
    ],
  );
});

test("limits of the profile that are lower stay, and are errors where they are met", async () => {
  const own = {
    max_execution_time: "1",
    max_result_rows: "5",
    result_overflow_mode: "break",
    group_by_overflow_mode: "any",
  };
  profile = { ...profile, ...own };
  await select({ maxRows: 7 });
  assert.not(asked[0]!.has("max_execution_time"));
  assert.not(asked[0]!.has("max_result_rows"));
  assert.is(asked[0]!.get("result_overflow_mode"), "throw");
  assert.is(asked[0]!.get("group_by_overflow_mode"), "throw");
});

test("a profile with readonly = 2 keeps it", async () => {
  profile = { ...profile, readonly: "2" };
  await select();
  assert.not(asked[0]!.has("readonly"));
  assert.equal(asked[0]!.get("date_time_output_format"), "iso");
});

test("a profile with readonly = 1 is told to the operator", async () => {
  profile = { ...profile, readonly: "1" };
  assert.is(
    await failureOf(select()),
    "source_failed: the user's profile takes no settings (readonly = 1); it needs readonly = 2",
  );
  assert.is(asked.length, 0);
});

test("a profile with readonly = 1 that has every setting is enough", async () => {
  profile = { readonly: "1", date_time_output_format: "iso", max_execution_time: "1", max_result_rows: "5" };
  assert.equal(rowsOf(await select()), [[1]]);
});

test("the user, the password and the host that is named are those of the connection", async () => {
  await connector.ask(clickhouseConnection(port, { user: "reader", database: "shop" }), "select 1");
  assert.is(heads[0]!.authorization, `Basic ${btoa("reader:secret")}`);
  assert.is(heads[0]!.host, `clickhouse.test:${port}`);
  assert.is(heads[0]!["accept-encoding"], undefined);
  assert.is(asked[0]!.get("database"), "shop");
});

test("a new revision has its own password", async () => {
  await connector.ask(clickhouseConnection(port), "select 1");
  await connector.ask(clickhouseConnection(port, {}, { revision: 2, password: "new" }), "select 1");
  assert.equal(
    heads.map(({ authorization }) => authorization),
    [`Basic ${btoa("default:secret")}`, `Basic ${btoa("default:new")}`],
  );
});

test("a certificate must be for the host that the connection names", async () => {
  let revision = 0;
  const at = (host: string, caCertificate = authority) => {
    revision += 1;
    const connection = clickhouseConnection(tlsPort, { tls: "", host, caCertificate }, { revision });
    return failureOf(connector.ask(connection, "select 1 as a"));
  };
  assert.is(await at("api.test"), "");
  assert.is(await at("127.0.0.1"), "");
  assert.is(await at("clickhouse.test"), "source_failed: the certificate is for another host");
  assert.is(
    await at("api.test", ""),
    "source_failed: the certificate is not of an authority that is believed: ca_certificate can name one",
  );
});

test("an expired certificate is refused", async () => {
  const expired = await start(createTlsServer({ cert: expiredCertificate, key: certificateKey }, answer));
  const connection = clickhouseConnection(expired, { tls: "on", host: "api.test", caCertificate: authority });
  assert.is(await failureOf(connector.ask(connection, "select 1")), "source_failed: the certificate has expired");
});

test("TLS on one side only is told", async () => {
  const plain = clickhouseConnection(port, { tls: "on" });
  assert.is(
    await failureOf(connector.ask(plain, "select 1")),
    "source_failed: TLS does not come about: does the host speak it on this port?",
  );
});

test("an authority that cannot be read is told", async () => {
  const connection = clickhouseConnection(tlsPort, {
    tls: "on",
    host: "api.test",
    caCertificate: "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----",
  });
  assert.is(
    await failureOf(connector.ask(connection, "select 1")),
    "source_failed: ca_certificate holds no certificate",
  );
});

test("a connection and what is known of the server serve many reads", async () => {
  let connections = 0;
  servers[0]!.on("connection", () => {
    connections += 1;
  });
  await select();
  await select();
  assert.is(connections, 1);
  assert.is(profileAsked, 1);
});

test("a local socket is refused", async () => {
  const local = createClickhouseConnector({ resolve: async () => ({ path: "/run/clickhouse" }) });
  assert.is(
    await failureOf(local.probe(clickhouseConnection(port), bounds)),
    "source_failed: ClickHouse is not reached by a local socket",
  );
});

test("what the address rules refuse is not asked", async () => {
  const refusing = createClickhouseConnector({
    resolve: async () => {
      throw new Error("refused");
    },
  });
  let message = "";
  await refusing.probe(clickhouseConnection(port), bounds).catch((error: Error) => {
    message = error.message;
  });
  assert.is(message, "refused");
  assert.is(asked.length, 0);
});

test("a connection that does not come about fails after 2 s", async () => {
  const silent = createSocketServer((socket) => socket.on("error", () => undefined));
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const connection = clickhouseConnection((silent.address() as AddressInfo).port, { tls: "on" });
  assert.is(await failureOf(connector.ask(connection, "select 1")), "source_unavailable: the host does not answer");
  silent.close();
});

test("redirects are not followed", async () => {
  say = (response) => response.writeHead(307, { location: `http://127.0.0.1:${port}/elsewhere` }).end();
  assert.is(await failureOf(select()), "source_failed: the answer is a redirect, which is not followed (HTTP 307)");
  assert.is(asked.length, 1);
});

test("what is not ClickHouse is told", async () => {
  say = (response) => response.end("<html>Welcome</html>\n".repeat(1000));
  assert.is(await failureOf(select()), "source_failed: the answer breaks off, or is not ClickHouse's");
  say = (response) => response.writeHead(404).end("none");
  assert.is(await failureOf(select()), "source_failed: what answers is not ClickHouse's HTTP interface (HTTP 404)");
  say = (response) => response.writeHead(200, { "content-encoding": "br" }).end("xx");
  assert.is(await failureOf(select()), "source_failed: the answer is compressed, though that was not asked for");
  say = (response) => response.writeHead(502).end("bad gateway");
  assert.is(await failureOf(select()), "source_unavailable: the server is not available (HTTP 502)");
});

test("a summary that is none is in nobody's way", async () => {
  for (const summary of ["null", "{", "[]"]) {
    say = (response) => response.writeHead(200, { "x-clickhouse-summary": summary }).end(document(["a"], ["[1]"]));
    assert.equal(rowsOf(await select()), [[1]], summary);
  }
});

const codes: readonly (readonly [number, string])[] = [
  [516, "source_failed: the user or password is refused (516)"],
  [81, "source_failed: no such database (81)"],
  [497, "source_failed: the user may not do that (497)"],
  [159, "source_timeout: the query took too long (159)"],
  [241, "source_failed: the query takes more memory than it may (241)"],
  [396, "source_failed: the result is larger than the user may have (396)"],
  [279, "source_unavailable: no replica of a shard is reached (279)"],
  [99999, "source_failed: the query fails (99999)"],
];

for (const [code, words] of codes) {
  test(`the server's error ${code} is told in words of ours`, async () => {
    const text = `Code: ${code}. DB::Exception: row 'top secret' of 10.0.0.1. (NAME)`;
    say = (response) => response.writeHead(500, { "x-clickhouse-exception-code": `${code}` }).end(text);
    assert.is(await failureOf(select()), words);
    say = (response) => response.writeHead(500).end(text);
    assert.is(await failureOf(select()), words, "from the text alone");
  });
}

test("filters' values that servers do not take are told", async () => {
  const filters = { a: Array.from({ length: 500 }, () => "x".repeat(1000)) };
  const asking = connector.ask(clickhouseConnection(port), "select 1 as a where '' in (:a)", filters);
  assert.is(await failureOf(asking), "source_failed: the filters' values are too long for ClickHouse");
});

test("a syntax error is told by its line, as its author counts", async () => {
  const text = "Code: 62. DB::Exception: Syntax error: failed at position 9 ('x') (line 2, col 1): x.";
  say = (response) => response.writeHead(400, { "x-clickhouse-exception-code": "62" }).end(text);
  const ask = (sql: string, filters = {}) => failureOf(connector.ask(clickhouseConnection(port), sql, filters));
  assert.is(await ask("select 1\nx"), "source_failed: line 2: there is a syntax error (62)");
  assert.is(await ask("select 1 x"), "source_failed: line 1: there is a syntax error (62)");
  assert.is(await ask("select [[ 1,\n :n\n ]]\n x"), "source_failed: there is a syntax error (62)");
});

const begun = document(["a"], ["[1]", "[2]"]).split('\t],\n\n\t"rows"')[0]!;
const breaks: readonly (readonly [string, string, string])[] = [
  ["the error's text", "Code: 395, e.displayText() = DB::Exception: x", "the query fails (395)"],
  [
    "the error between marks",
    ",\n\r\n__exception__\r\nabc\r\nCode: 241. DB::Exception: x\n",
    "the query takes more memory than it may (241)",
  ],
  [
    "an error in the foot",
    '\t],\n\n\t"rows": 2,\n\t"exception": "Code: 159. DB::Exception: x"\n}\n',
    "the query took too long (159)",
  ],
  ["nothing", "", "the answer breaks off, or is not ClickHouse's"],
  ["a long error", `Code: 395. DB::Exception: ${"x\n".repeat(200_000)}`, "the query fails (395)"],
  ["half a row", ",\n\t\t[3", "the answer breaks off, or is not ClickHouse's"],
  ["half a foot", '\t],\n\n\t"rows": 2', "the answer breaks off, or is not ClickHouse's"],
];

for (const [what, end, words] of breaks) {
  test(`an answer that breaks off with ${what} is an error, not fewer rows`, async () => {
    say = (response) => response.end(`${begun}${end}`);
    assert.match(await failureOf(select()), words);
  });
}

test("a connection that is cut is an error, not fewer rows", async () => {
  say = (response) => {
    response.write(begun);
    setTimeout(() => response.destroy(), 20);
  };
  assert.is(await failureOf(select()), "source_unavailable: the connection was lost");
});

test("rows beyond the caps are not waited for, and the server is left", async () => {
  const left = Promise.withResolvers<void>();
  say = (response) => {
    response.write(`${begun},\n`);
    const timer = setInterval(() => response.write("\t\t[3],\n".repeat(1000)), 1);
    response.on("close", () => {
      clearInterval(timer);
      left.resolve();
    });
  };
  const frame = await select({ maxRows: 4 });
  assert.equal(rowsOf(frame), [[1], [2], [3], [3]]);
  assert.ok(frame.truncated);
  await left.promise;
  assert.ok((await select({ maxBytes: 80 })).truncated);
});

test("a line without end, or a head, is read up to a bound", async () => {
  const endless = (response: ServerResponse, first: string) => {
    response.write(first);
    const timer = setInterval(() => response.write("1".repeat(100_000)), 1);
    response.on("close", () => clearInterval(timer));
  };
  say = (response) => endless(response, `${begun},\n\t\t[`);
  const frame = await select({ maxBytes: 1000 });
  assert.equal(rowsOf(frame), [[1], [2]]);
  assert.ok(frame.truncated);
  say = (response) => endless(response, "{");
  assert.is(await failureOf(select({ maxBytes: 1000 })), "source_failed: the answer is too large");
  say = (response) => endless(response.writeHead(500), "Code: 60. x");
  assert.is(await failureOf(select()), "source_failed: no such table (60)");
});

test("an answer that stalls ends with its time, and the server is left", async () => {
  for (const first of ["", begun]) {
    const left = Promise.withResolvers<void>();
    say = (response) => {
      if (first !== "") response.write(first);
      response.on("close", left.resolve);
    };
    assert.is(await failureOf(select({ timeoutMs: 200 })), "source_timeout: there was no answer in time");
    await left.promise;
  }
});

test("a read for which nobody waits ends at once, and the server is left", async () => {
  for (const first of ["", begun]) {
    const reader = new AbortController();
    const left = Promise.withResolvers<void>();
    say = (response) => {
      if (first !== "") response.write(first);
      response.on("close", left.resolve);
      setTimeout(() => reader.abort(), 20);
    };
    assert.match(await failureOf(select({ signal: reader.signal, timeoutMs: 600_000 })), "source_timeout");
    await left.promise;
  }
  const gone = new AbortController();
  gone.abort();
  asked.length = 0;
  assert.match(await failureOf(select({ signal: gone.signal })), "source_timeout");
  assert.is(asked.length, 0);
});

test("closing ends what is read", async () => {
  say = () => connector.close();
  assert.match(await failureOf(select()), "source_unavailable");
});

test.run();
