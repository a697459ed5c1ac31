import { createHmac } from "node:crypto";
import fc from "fast-check";
import { SignJWT } from "jose";
import { equal, is, not, ok, throws } from "uvu/assert";
import { mintShareToken, newShareId, verifyShareToken } from "../../src/share/share-token.ts";
import { suite } from "../harness.ts";

const test = suite("share tokens");

const nowS = 1_767_225_600;
const k1 = new Uint8Array(32).fill(1);
const k2 = new Uint8Array(32).fill(2);
const keys = { current: "k1", keys: new Map([["k1", k1]]) };
const claims = { tenant: "acme", shareId: newShareId(new Uint8Array(16).fill(255)), expiresAtS: nowS + 60 };
const good = await mintShareToken(claims, keys);
const verify = (token: string) => verifyShareToken(token, keys, nowS);

/** A token with a right signature, whatever it says. */
function forge(header: object, payload: object | string, key: Uint8Array | string = k1): string {
  const encode = (text: string) => Buffer.from(text).toString("base64url");
  const input = `${encode(JSON.stringify(header))}.${encode(typeof payload === "string" ? payload : JSON.stringify(payload))}`;
  return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
}
const header = { alg: "HS256", kid: "k1", typ: "djs" };
const payload = { sub: `acme/${claims.shareId}`, exp: claims.expiresAtS };

test("a token says what went into it", async () => {
  equal(await verify(good), claims);
});

test("the same share gives the same token, so that a replayed call can answer it again", async () => {
  is(await mintShareToken(claims, keys), good);
});

test("what the table below forges is the real thing otherwise", () => {
  is(forge(header, payload), good);
});

test("a token holds tenant, id and expiry and nothing else", () => {
  const [head, body] = good.split(".").map((part) => Buffer.from(part, "base64url").toString());
  is(head, '{"alg":"HS256","kid":"k1","typ":"djs"}');
  is(body, `{"sub":"acme/${claims.shareId}","exp":${claims.expiresAtS}}`);
});

test("the longest tenant and kid make fewer than 256 characters", async () => {
  const long = { current: "k".repeat(8), keys: new Map([["k".repeat(8), k1]]) };
  const widest = { ...claims, tenant: "t".repeat(63), expiresAtS: 9_999_999_999 };
  const token = await mintShareToken(widest, long);
  ok(token.length < 256, `${token.length}`);
  equal(await verifyShareToken(token, long, nowS), widest);
});

test("a token is good through its last second and dead from its expiry on", async () => {
  equal(await verifyShareToken(good, keys, claims.expiresAtS - 1), claims);
  is(await verifyShareToken(good, keys, claims.expiresAtS), null);
  is(await verifyShareToken(good, keys, claims.expiresAtS + 1), null);
});

test("none of the other spellings that jose takes opens a link", async () => {
  const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const bytes = Buffer.from(good.split(".")[2]!, "base64url");
  const twins = [...last]
    .map((letter) => good.slice(0, -1) + letter)
    .filter((token) => Buffer.from(token.split(".")[2]!, "base64url").equals(bytes));
  is(twins.length, 4);
  equal(
    await Promise.all(twins.map(verify)),
    twins.map((token) => (token === good ? claims : null)),
  );
  is(await verify(`${good}=`), null);
});

test("a token with anything around it or inside it is dead", async () => {
  const [head, body, mac] = good.split(".") as [string, string, string];
  const changed = [
    "",
    "1",
    "__proto__",
    "00000000-0000-4000-8000-000000000000",
    `${good}.`,
    `${good}.x`,
    `${good}\n`,
    ` ${good}`,
    `A${good}`,
    `${good}${good}`,
    good.slice(0, -1),
    good.slice(0, good.length >> 1),
    `${head}.${body}.`,
    `${head}..${mac}`,
    `.${body}.${mac}`,
    good.replaceAll("_", "/").replaceAll("-", "+"),
    "a".repeat(100_000),
    `${head}.${"a".repeat(600)}.${mac}`,
  ].filter((token) => token !== good);
  equal(
    await Promise.all(changed.map(verify)),
    changed.map(() => null),
  );
});

test("no changed character survives", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(good.length - 1), fc.constantFrom(..."AZaz09-_.="), async (at, letter) => {
      const token = good.slice(0, at) + letter + good.slice(at + 1);
      equal(await verify(token), token === good ? claims : null);
    }),
    { numRuns: 300 },
  );
});

test("any text is answered, never thrown at", async () => {
  const segment = fc.string({ minLength: 1, maxLength: 60 }).map((text) => Buffer.from(text).toString("base64url"));
  const mac = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("base64url"));
  const shaped = fc.tuple(segment, segment, mac).map((parts) => parts.join("."));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), shaped), async (text) => {
      is(await verify(text), null);
    }),
    { numRuns: 300 },
  );
});

const forged: Record<string, string> = {
  "another key": forge(header, payload, k2),
  "an empty key": forge(header, payload, ""),
  "a guessable key": forge(header, payload, "secret"),
  "alg none": forge({ ...header, alg: "none" }, payload),
  "another hash's name": forge({ ...header, alg: "HS512" }, payload),
  "no alg": forge({ kid: "k1", typ: "djs" }, payload),
  "an unknown kid": forge({ ...header, kid: "k9" }, payload),
  "no kid": forge({ alg: "HS256", typ: "djs" }, payload),
  "a kid of the prototype": forge({ ...header, kid: "__proto__" }, payload),
  "no typ": forge({ alg: "HS256", kid: "k1" }, payload),
  "an access token's typ": forge({ ...header, typ: "JWT" }, payload),
  "a critical extension": forge({ ...header, crit: ["x"], x: 1 }, payload),
  "no exp": forge(header, { sub: payload.sub }),
  "an exp that is text": forge(header, { ...payload, exp: `${payload.exp}` }),
  "an exp of 1e400": forge(header, `{"sub":"${payload.sub}","exp":1e400}`),
  "no subject": forge(header, { exp: payload.exp }),
  "a subject without a tenant": forge(header, { ...payload, sub: `/${claims.shareId}` }),
  "a subject with a path": forge(header, { ...payload, sub: `../b/${claims.shareId}` }),
  "a short id": forge(header, { ...payload, sub: "acme/AAAA" }),
  "a payload that is no object": forge(header, "[]"),
};
for (const [what, token] of Object.entries(forged)) {
  test(`${what} makes no share token`, async () => {
    is(await verify(token), null);
  });
}

test("a signature by another hash of the same key is none", async () => {
  const long = new Uint8Array(64).fill(3);
  const sign = (alg: string) => new SignJWT(payload).setProtectedHeader({ ...header, alg }).sign(long);
  const by = { current: "k1", keys: new Map([["k1", long]]) };
  equal(await verifyShareToken(await sign("HS256"), by, nowS), claims);
  is(await verifyShareToken(await sign("HS512"), by, nowS), null);
});

test("an access token is no share token", async () => {
  const token = await new SignJWT({ tenant: "acme", scope: "dashboards:render" })
    .setProtectedHeader({ alg: "HS256", kid: "k1", typ: "JWT" })
    .setSubject(payload.sub)
    .setExpirationTime(payload.exp)
    .sign(k1);
  is(await verify(token), null);
});

test("a rotated key keeps old links alive until it is retired", async () => {
  const rotated = { current: "k2", keys: new Map([...keys.keys, ["k2", k2] as const]) };
  const fresh = await mintShareToken(claims, rotated);
  not.equal(fresh, good);
  equal(await verifyShareToken(good, rotated, nowS), claims);
  equal(await verifyShareToken(fresh, rotated, nowS), claims);
  const retired = { current: "k2", keys: new Map([["k2", k2]]) };
  is(await verifyShareToken(good, retired, nowS), null);
  equal(await verifyShareToken(fresh, retired, nowS), claims);
});

test("an id is 128 bits of the randomness handed in, in 22 characters", () => {
  const random = new Uint8Array(16).map((_, i) => i * 16);
  equal(new Uint8Array(Buffer.from(newShareId(random), "base64url")), random);
  is(newShareId(random).length, 22);
  throws(() => newShareId(new Uint8Array(15)));
});

test.run();
