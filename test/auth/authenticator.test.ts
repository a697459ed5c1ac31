import { createPublicKey, generateKeyPairSync, randomUUID } from "node:crypto";
import { generateKeyPair, SignJWT } from "jose";
import { equal, is, ok } from "uvu/assert";
import { createAuthenticator } from "../../src/auth/authenticator.ts";
import { createFixedJwks } from "../../src/auth/jwks.ts";
import { mintShareToken } from "../../src/share/share-token.ts";
import { suite } from "../harness.ts";
import { faultOf } from "./expect-fault.ts";
import {
  audience,
  type Changes,
  createTestAuthenticator,
  encode,
  goodClaims,
  hs256,
  issuer,
  mint,
  nowS,
  otherRsa,
  publicJwk,
  rs256,
  rsa,
} from "./tokens.ts";

const test = suite("access tokens");
const authenticate = createTestAuthenticator();
const good = mint();
const [goodHeader, goodPayload, goodSignature] = good.split(".") as [string, string, string];
const [, payloadB, signatureB] = mint({ claims: { tenant: "B" } }).split(".");

/** One character in the middle of a segment, changed: the last one has bits that do not count. */
function tamper(segment: string): string {
  const at = segment.length >> 1;
  return segment.slice(0, at) + (segment[at] === "A" ? "B" : "A") + segment.slice(at + 1);
}

/** The same bytes in other letters: the last one's spare bits are set. */
function respell(segment: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return segment.slice(0, -1) + alphabet[alphabet.indexOf(segment.at(-1)!) + 1];
}

async function refuses(authorization: string | null): Promise<void> {
  const { status, body, reason } = await faultOf(() => authenticate(authorization));
  equal(
    { status, reason, body },
    {
      status: 401,
      reason: "UNAUTHENTICATED",
      body: {
        error: "unauthorized",
        reason: "UNAUTHENTICATED",
        message: "send a valid access token as `Authorization: Bearer <token>`",
      },
    },
  );
}

const shareKeys = { current: "k1", keys: new Map([["k1", new Uint8Array(32).fill(7)]]) };
const shareToken = await mintShareToken(
  { tenant: "A", shareId: "AAAAAAAAAAAAAAAAAAAAAA", expiresAtS: nowS + 300 },
  shareKeys,
);

const headers: Record<string, string | null> = {
  "no header": null,
  "an empty header": "",
  "a scheme only": "Bearer",
  "a scheme and a space": "Bearer ",
  "another scheme": "Basic YTpi",
  "no scheme": good,
  "two schemes": `Bearer Bearer ${good}`,
  "two tokens": `Bearer ${good}, Bearer ${good}`,
  "two spaces": `Bearer  ${good}`,
  "a space at the end": `Bearer ${good} `,
  "a space before": ` Bearer ${good}`,
  "a tab": `Bearer\t${good}`,
  "a line break at the end": `Bearer ${good}\n`,
  "random text": "Bearer abc",
  "three dots": "Bearer a.b.c",
  "two segments": `Bearer ${goodHeader}.${goodPayload}`,
  "four segments": `Bearer ${good}.x`,
  "an encrypted token": "Bearer eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA",
  "letters outside ASCII": "Bearer café",
  padding: `Bearer ${good}=`,
  "a share token": `Bearer ${shareToken}`,
  "a removed signature": `Bearer ${goodHeader}.${goodPayload}.`,
  "a signature of zeros": `Bearer ${goodHeader}.${goodPayload}.${encode(Buffer.alloc(64))}`,
  "another token's signature": `Bearer ${goodHeader}.${goodPayload}.${signatureB}`,
  "another token's payload": `Bearer ${goodHeader}.${payloadB}.${goodSignature}`,
  "a tampered header": `Bearer ${tamper(goodHeader)}.${goodPayload}.${goodSignature}`,
  "a tampered payload": `Bearer ${goodHeader}.${tamper(goodPayload)}.${goodSignature}`,
  "a tampered signature": `Bearer ${goodHeader}.${goodPayload}.${tamper(goodSignature)}`,
  "another spelling of the same signature": `Bearer ${goodHeader}.${goodPayload}.${respell(goodSignature)}`,
  "a header that is not JSON": `Bearer ${encode("{")}.${goodPayload}.${goodSignature}`,
};
for (const [what, header] of Object.entries(headers)) {
  test(`${what} answers 401`, () => refuses(header));
}

const none = () => Buffer.from([0]);
const pem = rsa.publicKey.export({ type: "spki", format: "pem" });
const tokens: Record<string, Changes> = {
  "alg none": { header: { alg: "none" }, signer: none },
  "alg nOnE": { header: { alg: "nOnE" }, signer: none },
  "an empty alg": { header: { alg: "" } },
  "no alg": { header: { alg: null } },
  "HS256 with the public key as secret": { header: { alg: "HS256" }, signer: hs256(pem) },
  "HS256 with the key's modulus as secret": {
    header: { alg: "HS256" },
    signer: hs256(Buffer.from(rsa.publicKey.export({ format: "jwk" }).n ?? "", "base64url")),
  },
  "HS256 with an empty secret": { header: { alg: "HS256" }, signer: hs256("") },
  "HS256 with a guessable secret": { header: { alg: "HS256" }, signer: hs256("secret") },
  "PS256 for an RS256 key": { header: { alg: "PS256" } },
  "ES256 over an RSA signature": { header: { alg: "ES256" } },
  "another key of the same kid": { signer: rs256(otherRsa.privateKey) },
  "a key in the header": {
    header: { jwk: publicJwk(otherRsa.publicKey, "r1") },
    signer: rs256(otherRsa.privateKey),
  },
  "a kid that is SQL": { header: { kid: "' UNION SELECT 'k'--" } },
  "a kid that is an address": { header: { kid: "http://127.0.0.1:9/k" } },
  "a kid that is a path": { header: { kid: "../../../../dev/null" } },
  "a kid that is no text": { header: { kid: ["r1"] } },
  "a kid of 8 KiB": { header: { kid: "a".repeat(8192) } },
  "a critical extension": { header: { crit: ["x"], x: 1 } },
  "a critical b64, which jose understands": { header: { crit: ["b64"], b64: true } },
  "a compressed payload": { header: { zip: "DEF" } },
  "the typ of a logout token": { header: { typ: "logout+jwt" } },
  "the typ of a share token": { header: { typ: "djs" } },
  "a typ that is no text": { header: { typ: 1 } },
  "a payload that is a list": { payload: "[]" },
  "a payload that is null": { payload: "null" },
  "a payload that is not UTF-8": { payload: Buffer.from("ff", "hex") },
  "a payload that is not JSON": { payload: "{" },
  "no exp": { claims: { exp: null } },
  "an exp that is text": { claims: { exp: `${nowS + 300}` } },
  "an exp of 0": { claims: { exp: 0 } },
  "a negative exp": { claims: { exp: -1 } },
  "an exp that is now": { claims: { exp: nowS } },
  "an exp just past": { claims: { exp: nowS - 1 } },
  "an exp of 1e400": { payload: JSON.stringify(goodClaims()).replace(/"exp":\d+/, '"exp":1e400') },
  "an exp with a fraction": { claims: { exp: nowS + 300.5 } },
  "an exp a year on": { claims: { exp: nowS + 31_536_000 } },
  "an nbf ahead": { claims: { nbf: nowS + 60 } },
  "an nbf that is text": { claims: { nbf: "0" } },
  "no iat": { claims: { iat: null } },
  "an iat ahead": { claims: { iat: nowS + 3600, exp: nowS + 7200 } },
  "an iat that is text": { claims: { iat: `${nowS}` } },
  "an iat with a fraction": { claims: { iat: nowS - 0.5 } },
  "an iat of -1e400": { payload: JSON.stringify(goodClaims()).replace(/"iat":\d+/, '"iat":-1e400') },
  "an iat of a day ago": { claims: { iat: nowS - 86_400 } },
  "another iss": { claims: { iss: "https://evil.test" } },
  "an iss with a slash more": { claims: { iss: `${issuer}/` } },
  "no iss": { claims: { iss: null } },
  "an iss that is a list": { claims: { iss: [issuer] } },
  "another aud": { claims: { aud: "other-api" } },
  "no aud": { claims: { aud: null } },
  "an aud that starts like ours": { claims: { aud: `${audience}-x` } },
  "an aud list without ours": { claims: { aud: ["x", "y"] } },
  "no sub": { claims: { sub: null } },
  "an empty sub": { claims: { sub: "" } },
  "a sub that is no text": { claims: { sub: 7 } },
  "a sub of 256 letters": { claims: { sub: "a".repeat(256) } },
  "a sub with NUL": { claims: { sub: "a\u0000b" } },
  "a sub with half a surrogate pair": { claims: { sub: "a\ud800b" } },
  "no tenant": { claims: { tenant: null } },
  "an empty tenant": { claims: { tenant: "" } },
  "a tenant that is a list": { claims: { tenant: ["A"] } },
  "a tenant that is a number": { claims: { tenant: 1 } },
  "a tenant that is an object": { claims: { tenant: { toString: "A" } } },
  "a tenant with a space": { claims: { tenant: "A " } },
  "a tenant with a line break": { claims: { tenant: "A\n" } },
  "a tenant that is a path": { claims: { tenant: "../B" } },
  "a tenant of 64 letters": { claims: { tenant: "a".repeat(64) } },
  "a tenant with a letter outside ASCII": { claims: { tenant: "А" } },
  "a token of 100 KB": { claims: { pad: "a".repeat(102_400) } },
};
for (const [what, changes] of Object.entries(tokens)) {
  test(`${what} answers 401`, () => refuses(`Bearer ${mint(changes)}`));
}

test("a good token tells tenant, subject and scopes", async () => {
  const { tenant, subject, scopes } = await authenticate(`Bearer ${good}`);
  equal(
    { tenant, subject, scopes: [...scopes] },
    { tenant: "A", subject: "u", scopes: ["dashboards:render", "dashboards:publish", "dashboards:share"] },
  );
});

const accepted: Record<string, Changes> = {
  "typ at+jwt": { header: { typ: "at+jwt" } },
  "typ application/at+jwt": { header: { typ: "application/at+jwt" } },
  "typ in lower case": { header: { typ: "jwt" } },
  "no typ": { header: { typ: null } },
  "no kid, where one key fits": { header: { kid: null } },
  "an aud list with ours": { claims: { aud: ["x", audience] } },
  "an address of keys, which nobody follows": {
    header: { jku: "http://127.0.0.1:9/jwks", x5u: "http://127.0.0.1:9/" },
  },
  "a lifetime of a day": { claims: { exp: nowS + 86_400 } },
  "an iat a few seconds ahead": { claims: { iat: nowS + 5 } },
  "an exp in a second": { claims: { exp: nowS + 1 } },
  "a tenant of 63 letters": { claims: { tenant: "a".repeat(63) } },
  "a sub of 255 letters": { claims: { sub: "é".repeat(255) } },
};
for (const [what, changes] of Object.entries(accepted)) {
  test(`${what} is good`, async () => {
    ok(await authenticate(`Bearer ${mint(changes)}`));
  });
}

test("the scheme may be in lower case", async () => {
  is((await authenticate(`bearer ${good}`)).tenant, "A");
});

test("only text separated by spaces grants scopes", async () => {
  const scopesOf = async (scope: unknown) => [...(await authenticate(`Bearer ${mint({ claims: { scope } })}`)).scopes];
  equal(await scopesOf(null), []);
  equal(await scopesOf(["dashboards:render"]), []);
  equal(await scopesOf({ "dashboards:render": true }), []);
  equal(await scopesOf("a,b\tc d"), ["a,b\tc", "d"]);
});

test("tenant and scope come from the claims that are configured", async () => {
  const keys = createFixedJwks({ keys: [publicJwk(rsa.publicKey, "r1")] });
  const custom = createAuthenticator({
    issuers: [{ issuer, audience, keys }],
    tenantClaim: "https://claims.test/org",
    scopeClaim: "scp",
    filtersClaim: "dashboard_filters",
    now: () => nowS * 1000,
  });
  const token = mint({ claims: { "https://claims.test/org": "acme", scp: "connections:write" } });
  const { tenant, scopes } = await custom(`Bearer ${token}`);
  equal([tenant, ...scopes], ["acme", "connections:write"]);
  is((await faultOf(() => custom(`Bearer ${good}`))).status, 401);
});

test("each issuer's tokens are held against its own keys and audience", async () => {
  const two = createAuthenticator({
    issuers: [
      { issuer, audience, keys: createFixedJwks({ keys: [publicJwk(rsa.publicKey, "r1")] }) },
      {
        issuer: "https://two.test",
        audience: "two",
        keys: createFixedJwks({ keys: [publicJwk(otherRsa.publicKey, "r1")] }),
      },
    ],
    tenantClaim: "tenant",
    scopeClaim: "scope",
    filtersClaim: "dashboard_filters",
    now: () => nowS * 1000,
  });
  const signer = rs256(otherRsa.privateKey);
  ok(await two(`Bearer ${good}`));
  ok(await two(`Bearer ${mint({ claims: { iss: "https://two.test", aud: "two" }, signer })}`));
  is((await faultOf(() => two(`Bearer ${mint({ signer })}`))).status, 401);
  is((await faultOf(() => two(`Bearer ${mint({ claims: { iss: "https://two.test" }, signer })}`))).status, 401);
});

test("EdDSA, Ed25519 and ES256 are taken, other curves and hashes are not", async () => {
  const statusOf = async (alg: string) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const jwk = createPublicKey({ key: await crypto.subtle.exportKey("jwk", publicKey), format: "jwk" });
    const keys = createFixedJwks({ keys: [{ ...jwk.export({ format: "jwk" }), kid: "k" }] });
    const token = await new SignJWT(goodClaims()).setProtectedHeader({ alg, kid: "k" }).sign(privateKey);
    const call = createTestAuthenticator({ keys })(`Bearer ${token}`);
    return Promise.resolve(call).then(
      () => 200,
      (error) => faultOf(() => Promise.reject(error)).then(({ status }) => status),
    );
  };
  equal(await Promise.all(["EdDSA", "Ed25519", "ES256"].map(statusOf)), [200, 200, 200]);
  equal(await Promise.all(["ES384", "PS256"].map(statusOf)), [401, 401]);
});

test("an RSA key of 1024 bits is too weak", async () => {
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const keys = createFixedJwks({ keys: [publicJwk(weak.publicKey, "r1")] });
  const call = () => createTestAuthenticator({ keys })(`Bearer ${mint({ signer: rs256(weak.privateKey) })}`);
  is((await faultOf(call)).status, 401);
});

/** An authenticator that counts how often it looks for a key, which it does once per verification. */
function createCounted(maxCached?: number) {
  const fixed = createFixedJwks({ keys: [publicJwk(rsa.publicKey, "r1")] });
  const state = { looks: 0, nowMs: nowS * 1000 };
  const authenticate = createTestAuthenticator({
    keys: (header, token) => {
      state.looks += 1;
      return fixed(header, token);
    },
    now: () => state.nowMs,
    ...(maxCached !== undefined && { maxCached }),
  });
  return { state, authenticate };
}

test("a verified token is believed for a minute, and verified anew after that", async () => {
  const { state, authenticate } = createCounted();
  await authenticate(`Bearer ${good}`);
  state.nowMs += 59_999;
  await authenticate(`Bearer ${good}`);
  is(state.looks, 1);
  state.nowMs += 1;
  await authenticate(`Bearer ${good}`);
  is(state.looks, 2);
});

test("a token that is believed still ends at its exp, to the millisecond", async () => {
  const { state, authenticate } = createCounted();
  const token = mint({ claims: { exp: nowS + 10 } });
  await authenticate(`Bearer ${token}`);
  state.nowMs += 9_999;
  await authenticate(`Bearer ${token}`);
  state.nowMs += 1;
  is((await faultOf(() => authenticate(`Bearer ${token}`))).status, 401);
});

test("a refused token is judged anew each time", async () => {
  const { state, authenticate } = createCounted();
  const bad = mint({ claims: { tenant: "" } });
  await faultOf(() => authenticate(`Bearer ${bad}`));
  await faultOf(() => authenticate(`Bearer ${bad}`));
  is(state.looks, 2);
});

test("no more tokens are remembered than the bound says", async () => {
  const { state, authenticate } = createCounted(2);
  const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()].map((jti) => `Bearer ${mint({ claims: { jti } })}`);
  for (const header of [a, b, c, c, b, a]) await authenticate(header ?? null);
  is(state.looks, 4);
});

test.run();
