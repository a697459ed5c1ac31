import * as assert from "uvu/assert";
import { networkFailure } from "../../src/source/network-failure.ts";
import { suite } from "../harness.ts";

const test = suite("network failures");

const authority = "the certificate is not of an authority that is believed: ca_certificate can name one";
const noTls = "TLS does not come about: does the host speak it on this port?";

const meanings = [
  ["ECONNREFUSED", "source_unavailable", "the host refuses the connection"],
  ["ENOENT", "source_unavailable", "the host refuses the connection"],
  ["ETIMEDOUT", "source_unavailable", "the host does not answer"],
  ["EHOSTUNREACH", "source_unavailable", "the host cannot be reached"],
  ["ENETUNREACH", "source_unavailable", "the host cannot be reached"],
  ["ECONNRESET", "source_unavailable", "the connection was lost"],
  ["EPIPE", "source_unavailable", "the connection was lost"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "source_failed", "the certificate is for another host"],
  ["CERT_HAS_EXPIRED", "source_failed", "the certificate has expired"],
  ["CERT_NOT_YET_VALID", "source_failed", "the certificate is not valid yet"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "source_failed", authority],
  ["SELF_SIGNED_CERT_IN_CHAIN", "source_failed", authority],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "source_failed", authority],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "source_failed", authority],
  ["EPROTO", "source_failed", noTls],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "source_failed", noTls],
  // The host asks for a certificate of ours: that says nothing about its own.
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "source_failed", noTls],
] as const;

for (const [code, failure, words] of meanings) {
  test(`${code}: ${words}`, () => {
    const { failure: found, message } = networkFailure(code)!;
    assert.equal([found, message], [failure, words]);
  });
}

test("what is no code of the network has no meaning here", () => {
  for (const code of ["", "ERR_INVALID_ARG_TYPE", "HPE_INVALID_CONSTANT", "42P01"]) {
    assert.is(networkFailure(code), undefined);
  }
});

test.run();
