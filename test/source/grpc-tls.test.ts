import { once } from "node:events";
import { createServer } from "node:net";
import { ServerCredentials } from "@grpc/grpc-js";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { failureOf } from "./failure-of.ts";
import { expired, good } from "./grpc-certificates.ts";
import { ask, bounds, connectionTo, createTestConnector, numbered, startService } from "./grpc-service.ts";

const test = suite("gRPC source over TLS");

const secured = async ({ cert, key }: typeof good) =>
  startService(
    (call) => {
      calls += 1;
      call.write(numbered(1));
      call.end();
    },
    {
      credentials: ServerCredentials.createSsl(null, [
        { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) },
      ]),
    },
  );

/** That reached a service, with whatever secret they carry. */
let calls = 0;
const service = await secured(good);
const old = await secured(expired);
const connector = createTestConnector();
test.after(async () => {
  await connector.close();
  service.close();
  old.close();
});

const trusted = { tls: "", caCertificate: good.cert };
let revision = 1;
/** Each try has a channel of its own. */
const tryWith = async (port: number, init: Parameters<typeof connectionTo>[1]) => {
  revision += 1;
  const connection = connectionTo(port, { revision, secret: { bearerToken: "t0k" }, ...init });
  const before = calls;
  const failure = await failureOf(connector.read(connection, ask(), bounds()));
  return { failure, reached: calls > before };
};
/** Why, and that nothing was sent. */
const refused = (failure: string) => ({ failure: `source_failed: ${failure}`, reached: false });

test("a certificate of an authority that is named, for the host that is configured, is believed", async () => {
  assert.equal(await tryWith(service.port, trusted), { failure: "", reached: true });
});

test("a certificate for an address is believed for that address", async () => {
  assert.equal(await tryWith(service.port, { ...trusted, host: "127.0.0.1" }), {
    failure: "",
    reached: true,
  });
});

test("a certificate of an authority that nobody named is refused before anything is sent", async () => {
  const words = "the certificate is not of an authority that is believed: ca_certificate can name one";
  assert.equal(await tryWith(service.port, { tls: "on" }), refused(words));
});

test("the environment cannot switch the check off", async () => {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  try {
    assert.not((await tryWith(service.port, { tls: "on" })).reached);
  } finally {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  }
});

test("a certificate for another host is refused, also where the address is its own", async () => {
  const words = "the certificate is for another host";
  assert.equal(await tryWith(service.port, { ...trusted, host: "other.test" }), refused(words));
  assert.equal(await tryWith(service.port, { ...trusted, host: "127.0.0.2" }), refused(words));
});

test("an expired certificate is refused", async () => {
  assert.equal(
    await tryWith(old.port, { tls: "", caCertificate: expired.cert }),
    refused("the certificate has expired"),
  );
});

test("a CA certificate that is none is said to be none", async () => {
  const caCertificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  assert.equal(await tryWith(service.port, { tls: "", caCertificate }), refused("ca_certificate holds no certificate"));
});

test("a server that speaks no TLS is refused, and a TLS server that is spoken to without it", async () => {
  const plain = await startService((call) => call.end());
  assert.equal(
    await tryWith(plain.port, trusted),
    refused("TLS does not come about: does the host speak it on this port?"),
  );
  plain.close();
  const { failure, reached } = await tryWith(service.port, { tls: "off" });
  assert.match(failure, /^source_unavailable: /);
  assert.not(reached);
});

test("a handshake that never ends is given up, and its socket closed", async () => {
  const closed = Promise.withResolvers<void>();
  const silent = createServer((socket) => {
    socket.resume().on("error", () => {});
    socket.once("close", () => closed.resolve());
  }).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as { port: number };
  const { failure } = await tryWith(port, trusted);
  assert.is(failure, "source_unavailable: the host does not answer");
  await closed.promise;
  silent.close();
});

test.run();
