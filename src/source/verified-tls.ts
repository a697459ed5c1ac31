import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { type ConnectionOptions, checkServerIdentity, createSecureContext, type SecureContext } from "node:tls";
import { SourceError } from "./source-error.ts";

/** Whom to believe. */
export type VerifiedTlsOptions = {
  /** As it was configured, the name or the address that the certificate must be for, wherever that leads. */
  readonly host: string;
  /** Authorities to believe in place of the usual ones, as PEM; empty for the usual ones. */
  readonly caCertificate: string;
};

/**
 * Returns what `tls.connect` needs to believe a server only by a certificate of that host, from an authority
 * that is believed, by TLS 1.2 or later. Throws `source_failed` where the PEM holds no certificate.
 */
export function verifiedTls({ host, caCertificate }: VerifiedTlsOptions) {
  return {
    secureContext: createContext(caCertificate),
    // Said outright, because a variable of the environment turns it off for whoever does not say so.
    rejectUnauthorized: true,
    // An address is no server name (RFC 6066), though a certificate may be for one.
    ...(isIP(host) === 0 && { servername: host }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
  } satisfies ConnectionOptions;
}

function createContext(caCertificate: string): SecureContext {
  try {
    // A context passes over what it cannot read, and then believes nobody.
    if (caCertificate !== "") new X509Certificate(caCertificate);
    return createSecureContext({ minVersion: "TLSv1.2", ...(caCertificate !== "" && { ca: caCertificate }) });
  } catch {
    throw new SourceError("source_failed", "ca_certificate holds no certificate");
  }
}
