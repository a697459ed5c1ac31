import { SourceError, type SourceFailure } from "./source-error.ts";

/**
 * Returns what an error of the network or of TLS comes to, by its code of Node, OpenSSL or undici; undefined for
 * any other code. The words are the same for every kind of connection, and name no address.
 */
export function networkFailure(code: string): SourceError | undefined {
  const meaning = meanings.find(([pattern]) => pattern.test(code));
  return meaning && new SourceError(meaning[1], meaning[2]);
}

/** The first that fits counts. */
const meanings: readonly (readonly [RegExp, SourceFailure, string])[] = [
  [/^(ECONNREFUSED|ENOENT)$/, "source_unavailable", "the host refuses the connection"],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, "source_unavailable", "the host does not answer"],
  [/^(EHOST|ENET|EADDR|EACCES|EPERM)/, "source_unavailable", "the host cannot be reached"],
  [/^(ECONN|EPIPE|ERR_STREAM_PREMATURE_CLOSE|UND_ERR_SOCKET)/, "source_unavailable", "the connection was lost"],
  [/^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, "source_failed", "the certificate is for another host"],
  [/^(EPROTO|ERR_SSL_|ERR_TLS_)/, "source_failed", "TLS does not come about: does the host speak it on this port?"],
  [/^CERT_HAS_EXPIRED$/, "source_failed", "the certificate has expired"],
  [/^CERT_NOT_YET_VALID$/, "source_failed", "the certificate is not valid yet"],
  [
    /CERT|SIGNATURE|ISSUER|^INVALID_(CA|PURPOSE)$/,
    "source_failed",
    "the certificate is not of an authority that is believed: ca_certificate can name one",
  ],
];
