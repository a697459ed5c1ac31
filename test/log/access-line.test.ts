import * as assert from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import { suite } from "../harness.ts";

const test = suite("the line of a request");

const fields = { requestId: "a-1", method: "POST", path: "/s/{token}", status: 200, ms: 3, bytes: 7, protocol: "h2" };

function write(more: object, level: "info" | "warn" = "info"): Record<string, unknown>[] {
  const lines: string[] = [];
  createLog(level, { write: (line) => lines.push(line) }).access({ ...fields, ...more });
  assert.ok(lines.every((line) => line.endsWith("}\n")));
  return lines.map((line) => JSON.parse(line));
}

test("it has its fields, the time and what every line has", () => {
  const before = Date.now();
  const [{ time, ...line } = {}] = write({ rpcStatus: "0", cut: true });
  assert.equal(line, { level: "info", ...fields, rpcStatus: "0", cut: true, msg: "request" });
  const atMs = Date.parse(`${time}`);
  assert.ok(atMs >= before && atMs <= Date.now());
  assert.is(time, new Date(atMs).toISOString());
});

test("what is absent is left out, and what is text is escaped", () => {
  const [line] = write({ requestId: 'a"b\\', path: 'p"' });
  assert.equal([line!.requestId, line!.path], ['a"b\\', 'p"']);
  assert.not.ok("cut" in line! || "rpcStatus" in line!);
});

test("a log that tells of less has none", () => {
  assert.equal(write({}, "warn"), []);
});

test.run();
