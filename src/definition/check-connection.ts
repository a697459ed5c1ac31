import { X509Certificate } from "node:crypto";
import type { Connection, ConnectionSecret } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import type { FieldProblem } from "../errors/fault.ts";
import { createProblems, type Report } from "../errors/problems.ts";
import { checkFiles } from "./check-files.ts";
import type { ConnectionKind } from "./connection-settings.ts";
import { isOwnHeader } from "./header-names.ts";

/**
 * Returns what is wrong between the fields of a connection and its secret, each with its path, such as
 * `http.url` or `secret.headers`. What one field may hold by itself is the proto's to say. No value is repeated.
 */
export function checkConnection(
  kind: Connection["kind"],
  secret: ConnectionSecret | undefined,
): readonly FieldProblem[] {
  const { report, list } = createProblems();
  if (kind.case === undefined) return [];
  checkKind(kind, report);
  if (secret !== undefined) checkSecret(kind.case, secret, report);
  return list();
}

function checkKind(kind: ConnectionKind, report: Report): void {
  switch (kind.case) {
    case "postgres":
    case "clickhouse":
    case "grpc":
      checkCertificate(`${kind.case}.ca_certificate`, kind.value.caCertificate, kind.value.tls !== "off", report);
      break;
    case "http":
      checkUrl(kind.value.url, report);
      checkCertificate("http.ca_certificate", kind.value.caCertificate, /^https:/i.test(kind.value.url), report);
      break;
    case "duckdb":
      checkFiles(kind.value.files, report);
  }
}

function checkUrl(text: string, report: Report): void {
  const problem = URL.canParse(text) ? urlProblem(new URL(text), text) : "is not an address";
  if (problem !== undefined) report("http.url", problem);
}

function urlProblem(url: URL, text: string): string | undefined {
  if (!/^https?:$/.test(url.protocol)) return "must start with https:// or http://";
  if (url.username !== "" || url.password !== "" || /^[^/]*\/\/[^/]*@/.test(text)) {
    return "must hold no user or password: they go into secret.headers";
  }
  // Also where they are empty, and where the URL standard would quietly read something else.
  if (/[?#\\\s]/.test(text))
    return "must have no query, fragment, backslash or white space: queries are the datasources'";
  if (url.hostname === "" || url.port === "0") return "must name a host, and a port of 1 to 65535 if any";
  return undefined;
}

/** A longer one is refused by the proto. To look for its ends could take seconds. */
const maxPemLength = 16_384;

function checkCertificate(field: string, pem: string, usesTls: boolean, report: Report): void {
  if (pem === "") return;
  if (!usesTls) report(field, "goes with TLS only");
  else if (pem.length <= maxPemLength && !isPem(pem)) report(field, "must be certificates in PEM");
}

function isPem(pem: string): boolean {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const block of blocks) new X509Certificate(block);
    return blocks.length > 0;
  } catch {
    return false;
  }
}

function checkSecret(kind: ConnectionKind["case"], secret: ConnectionSecret, report: Report): void {
  const { password, bearerToken, headers } = secret;
  const takesPassword = kind === "postgres" || kind === "clickhouse";
  const takesHeaders = kind === "http" || kind === "grpc";
  if (password !== "" && !takesPassword) report("secret.password", "goes with postgres and clickhouse only");
  if (bearerToken !== "" && !takesHeaders) report("secret.bearer_token", "goes with http and grpc only");
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  if (names.length > 0 && !takesHeaders) report("secret.headers", "go with http and grpc only");
  else checkHeaders(names, kind, bearerToken !== "", report);
}

function checkHeaders(names: readonly string[], kind: ConnectionKind["case"], hasToken: boolean, report: Report) {
  const field = "secret.headers";
  if (new Set(names).size < names.length) report(field, "have two names that differ in their case only");
  if (hasToken && names.includes("authorization")) report(field, "must not hold authorization beside a bearer_token");
  if (!names.every(isOwnHeader)) {
    report(field, "have a name that would change how a message is framed, routed or read");
  }
  if (kind === "grpc" && names.some((name) => name.endsWith("-bin"))) {
    report(field, "have a name that ends in -bin, which gRPC takes for binary");
  }
}
