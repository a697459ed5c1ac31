import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { authority, certificate, certificateKey, expiredCertificate } from "./certificates.ts";
import { failureOf } from "./failure-of.ts";
import { connectTo, httpConnection, json, startUpstream, type Upstream } from "./http-fixture.ts";

const test = suite("HTTP connector over TLS");
const good = await startUpstream({ cert: certificate, key: certificateKey });
const expired = await startUpstream({ cert: expiredCertificate, key: certificateKey });
const plain = await startUpstream();
const open = [good, expired, plain];
test.after(async () => {
  for (const upstream of open) await upstream.close();
});

const authorityWords =
  "source_failed: the certificate is not of an authority that is believed: ca_certificate can name one";

async function ask(upstream: Upstream, url: string, caCertificate: string): Promise<string> {
  upstream.answer(json("[]"));
  const connector = connectTo(upstream);
  const said = await failureOf(connector.read({}, httpConnection({ url, caCertificate }, { bearerToken: "s3cret" })));
  await connector.close();
  return said;
}

test("a certificate of the authority that is given, for the connection's host, is believed", async () => {
  assert.is(await ask(good, "https://api.test/v1", authority), "");
  assert.match(good.requests.at(-1)!, /^GET \/v1 HTTP\/1\.1\r\nhost: api\.test\r\n/);
});

test("an address is verified as an address", async () => {
  assert.is(await ask(good, "https://127.0.0.1/", authority), "");
});

test("any other certificate is not, and nothing is sent", async () => {
  const before = good.requests.length;
  assert.is(await ask(good, "https://api.test/", ""), authorityWords);
  assert.is(await ask(good, "https://other.test/", authority), "source_failed: the certificate is for another host");
  assert.is(await ask(expired, "https://api.test/", authority), "source_failed: the certificate has expired");
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  try {
    assert.is(await ask(good, "https://api.test/", ""), authorityWords, "whatever the environment says");
  } finally {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  }
  assert.is(good.requests.length, before);
  assert.is(expired.requests.length, 0);
});

test("a server that speaks no TLS gets no request", async () => {
  // A TLS greeting ends no HTTP head, so that it would wait for more.
  const said = await failureOf(
    connectTo(plain).read(
      {},
      httpConnection({ url: "https://api.test/", caCertificate: authority }),
      {},
      { timeoutMs: 200 },
    ),
  );
  assert.is(said, "source_timeout: there was no answer in time");
  assert.is(plain.requests.length, 0);
});

test("an authority that is none is said to be none", async () => {
  const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  assert.is(await ask(good, "https://api.test/", pem), "source_failed: ca_certificate holds no certificate");
});

test.run();
