import { create } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { ConnectionSecretSchema, PostgresConnectionSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import { createMessageGuard, type MessageGuard } from "../../src/source/postgres/message-guard.ts";
import { suite } from "../harness.ts";
import { failureOf } from "./failure-of.ts";
import { boundsOfMs, connectTo, listen, toQuestion } from "./postgres-fixture.ts";

const test = suite("Guard of a PostgreSQL server's messages");

const outOfTurn = "the server does not speak PostgreSQL's protocol as it should";

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int16 = (value: number) => int32(value).subarray(2);
const message = (type: string, ...body: readonly (string | Buffer)[]) => {
  const bytes = Buffer.concat(body.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from(type), int32(bytes.length + 4), bytes]);
};
const many = (bytes: Buffer, count: number) => Buffer.concat(Array<Buffer>(count).fill(bytes));
const columns = (count: number) => message("T", int16(count), ...Array(count).fill(`a\0${"\0".repeat(18)}`));
const row = (...values: readonly string[]) =>
  message("D", int16(values.length), ...values.flatMap((value) => [int32(value.length), value]));
const ready = message("Z", "T");
const done = Buffer.concat([message("C", "SELECT 1\0"), ready]);
const loggedIn = Buffer.concat([message("R", int32(0)), message("K", int32(1), int32(2)), ready]);
const sasl = message("R", int32(10), "SCRAM-SHA-256\0\0");

/** A guard that let a login through, and was told of a question with so many rows. */
const asked = (maxRows = 10): MessageGuard => {
  const guard = createMessageGuard(false);
  guard.take(loggedIn);
  guard.ask(maxRows);
  return guard;
};

test("what an honest server says passes, however it comes", () => {
  const values = [row("some", "words"), row("", ""), message("D", int16(2), int32(-1), int32(-1))];
  const all = Buffer.concat([loggedIn, message("t", int16(0)), columns(2), ...values, done]);
  for (const size of [1, 2, 7, 64, all.length]) {
    const guard = createMessageGuard(false);
    guard.ask(10);
    const passed: (Buffer | string)[] = [];
    for (let at = 0; at < all.length; at += size) passed.push(guard.take(all.subarray(at, at + size)));
    assert.equal(Buffer.concat(passed.map((each) => Buffer.from(each))), all, `${size}`);
  }
});

test("the driver is given whole messages only", () => {
  const guard = asked();
  const bytes = Buffer.concat([columns(1), row("words")]);
  assert.equal(guard.take(bytes.subarray(0, -1)), columns(1));
  assert.equal(guard.take(bytes.subarray(-1)), row("words"));
});

for (const rounds of ["0", "00", "100001", "-1", ""]) {
  test(`a login of "${rounds}" rounds of hashing is not begun`, () => {
    const guard = createMessageGuard(false);
    const answer = guard.take(Buffer.concat([sasl, message("R", int32(11), `r=x,s=AAAA,i=${rounds}`)]));
    assert.type(answer, "string");
  });
}

const refused: Readonly<Record<string, Buffer>> = {
  "a value of a negative length": Buffer.concat([columns(2), message("D", int16(2), int32(-2), int32(-1))]),
  "a value that is read twice": Buffer.concat([columns(3), message("D", int16(3), int32(2), "ab", int32(-10))]),
  "a value beyond its row": Buffer.concat([columns(1), message("D", int16(1), int32(5), "four")]),
  "a row with something behind it": Buffer.concat([columns(1), row("a").fill(9, 4, 5), Buffer.from("xxxx")]),
  "a row of another number of columns": Buffer.concat([columns(1), row("a", "b")]),
  "a row without columns": row("a"),
  "a row after the answer's end": Buffer.concat([columns(1), done, row("a")]),
  "more rows than were asked for": Buffer.concat([columns(1), many(row("a"), 11)]),
  "more columns than a table has": columns(1665),
  "an answer to what was not asked": Buffer.concat([done, columns(1)]),
  "being ready for what was not asked": many(ready, 2),
  "a login after the login": message("K", int32(1), int32(2)),
  "talk without an end": many(message("S", "a\0b\0"), 1001),
  "errors without an end": many(message("E", "\0"), 1001),
  "an error of a million fields": message("E", Buffer.alloc(1_000_000)),
  "a notice of a million fields": message("N", Buffer.alloc(1_000_000)),
  "a setting of a million texts": message("S", Buffer.alloc(60_000)),
  "a tag that is a book": message("C", Buffer.alloc(300)),
};

for (const [name, bytes] of Object.entries(refused)) {
  test(`${name} is refused`, () => assert.is(asked().take(bytes), outOfTurn));
}

test("a server that is ready without having answered is not kept, and its end is nobody else's", async () => {
  // What a query is cancelled by comes with the answer.
  for (const answers of [[], [message("C", "A\0"), columns(0), message("C", "A\0")]]) {
    const server = await listen((socket) => {
      socket.once("data", () => {
        socket.write(loggedIn);
        socket.once("data", () => socket.write(Buffer.concat([...answers, ready])));
      });
    });
    const connector = connectTo(server.address);
    const connection = {
      ...{ tenant: "acme", name: "db", revision: 1 },
      kind: { case: "postgres", value: create(PostgresConnectionSchema, { database: "d", user: "u", tls: "off" }) },
      secret: async () => create(ConnectionSecretSchema),
    } as const;
    const failure = await failureOf(connector.read(connection, toQuestion("select 1"), boundsOfMs(100)));
    assert.is(failure, `source_failed: ${outOfTurn}`);
    await connector.close();
    await server.close();
  }
});

test("a long message that comes byte by byte is not copied for each of them", () => {
  const guard = asked();
  guard.take(Buffer.concat([columns(1), Buffer.from("D"), int32(8_000_010), int16(1), int32(8_000_000)]));
  guard.take(Buffer.alloc(7_000_000));
  const byte = Buffer.alloc(1);
  // Copied each time, these would be 700 GB.
  for (let count = 0; count < 100_000; count += 1) assert.is((guard.take(byte) as Buffer).length, 0);
});

test.run();
