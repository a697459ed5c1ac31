import { inspect } from "node:util";
import { CompactEncrypt } from "jose";
import * as assert from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import { hide } from "../../src/secret/hide.ts";
import { kidOf, openSecret, SealError, sealSecret } from "../../src/secret/seal.ts";
import { createSecrets } from "../../src/secret/secrets.ts";
import { suite } from "../harness.ts";

const test = suite("sealing secrets");
const key = (byte: number) => new Uint8Array(32).fill(byte);
const old = { current: "k1", keys: new Map([["k1", key(1)]]) };
const rotated = { current: "k2", keys: new Map([...old.keys, ["k2", key(2)]]) };
const place = { tenant: "acme", name: "warehouse" };
const secret = Buffer.from("hunter2");

const refusalOf = async (sealed: string, at = place, keys: typeof old = rotated) =>
  openSecret(sealed, at, keys).then(
    () => "it opened",
    (error) => {
      assert.instance(error, SealError);
      assert.not.match(`${error.message} ${inspect(error)}`, "hunter2");
      return error.message;
    },
  );

test("what is sealed opens at its place, also when another key is the current one by now", async () => {
  const sealed = await sealSecret(secret, place, old);
  assert.is(Buffer.from(await openSecret(sealed, place, rotated)).toString(), "hunter2");
  assert.is(kidOf(sealed), "k1");
  assert.is(kidOf(await sealSecret(secret, place, rotated)), "k2");
  const header = JSON.parse(Buffer.from(sealed.split(".")[0]!, "base64url").toString());
  assert.equal(header, { alg: "dir", enc: "A256GCM", kid: "k1", ...place });
  assert.not.equal(await sealSecret(secret, place, old), sealed, "the same secret never has the same text");
});

test("a text that was moved to another tenant or name does not open, nor does one that was changed", async () => {
  const sealed = await sealSecret(secret, place, old);
  assert.match(await refusalOf(sealed, { ...place, tenant: "bolt" }), "for something else");
  assert.match(await refusalOf(sealed, { ...place, name: "other" }), "for something else");
  const parts = sealed.split(".");
  const header = Buffer.from(JSON.stringify({ alg: "dir", enc: "A256GCM", kid: "k1", tenant: "bolt", name: "other" }));
  const forged = [header.toString("base64url"), ...parts.slice(1)].join(".");
  assert.match(await refusalOf(forged, { tenant: "bolt", name: "other" }), "was changed");
  for (const at of [2, 3, 4]) {
    const part = parts[at]!;
    const changed = parts.with(at, `${part[0] === "A" ? "B" : "A"}${part.slice(1)}`).join(".");
    assert.match(await refusalOf(changed), "was changed");
  }
  assert.match(
    await refusalOf(sealed, place, { current: "k2", keys: new Map([["k2", key(2)]]) }),
    "not in the key file",
  );
  for (const text of ["", "hunter2", "a.b.c", "a.b.c.d.e"]) assert.match(await refusalOf(text), "not in the key file");
});

test("nothing else that the key encrypted opens: other algorithms, compression, further headers", async () => {
  const make = (header: object) =>
    new CompactEncrypt(secret)
      .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: "k1", ...place, ...header })
      .encrypt(key(1));
  assert.match(await refusalOf(await make({ typ: "JWT" })), "for something else");
  const other = await new CompactEncrypt(secret)
    .setProtectedHeader({ alg: "A256KW", enc: "A256GCM", kid: "k1", ...place })
    .encrypt(key(1));
  assert.match(await refusalOf(other), "was changed");
});

test("a mark knows its text again across a rotation, and says nothing of it without the keys", () => {
  const before = createSecrets(() => old);
  const after = createSecrets(() => rotated);
  const mark = before.mark('{"password":"1234"}');
  assert.ok(before.isMarkOf(mark, '{"password":"1234"}'));
  assert.ok(after.isMarkOf(mark, '{"password":"1234"}'), "the key before is still there");
  assert.not.equal(after.mark('{"password":"1234"}'), mark);
  assert.not.ok(after.isMarkOf(mark, '{"password":"1235"}'));
  const others = createSecrets(() => ({ current: "k1", keys: new Map([["k1", key(3)]]) }));
  assert.not.equal(others.mark('{"password":"1234"}'), mark);
  const gone = createSecrets(() => ({ current: "k2", keys: new Map([["k2", key(2)]]) }));
  assert.not.ok(gone.isMarkOf(mark, '{"password":"1234"}'));
  for (const nonsense of ["", ".", "k1", "k1.", "no such mark"]) assert.not.ok(before.isMarkOf(nonsense, "x"));
});

test("what holds secrets cannot be printed", () => {
  const held = hide({ password: "hunter2", headers: { "x-key": "hunter2" } });
  const lines: string[] = [];
  createLog("info", { write: (line) => lines.push(line) }).info({ held, deep: { held } }, "line");
  const printed = [JSON.stringify({ held }), inspect({ held }, { showHidden: true, depth: 9 }), `${held}`, ...lines];
  for (const text of printed) assert.not.match(text, "hunter2");
  assert.match(printed.join(), "[hidden]");
  assert.equal([held.password, { ...held }], ["hunter2", {}]);
  const secrets = createSecrets(() => old);
  const bytes = Buffer.from(key(1)).toString("base64");
  assert.not.match(`${JSON.stringify(secrets)} ${inspect(secrets, { showHidden: true, depth: 9 })}`, bytes);
});

test.run();
