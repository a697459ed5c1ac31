import type { Value } from "@bufbuild/protobuf/wkt";

/** Who calls, as a verified token says. */
export type Principal = {
  readonly tenant: string;
  readonly subject: string;
  /** Empty where the token grants nothing: it is still a valid token. */
  readonly scopes: ReadonlySet<string>;
  /** Values of filters that the token holds its caller to, by name; empty where it does not. */
  readonly held: Readonly<Record<string, Value>>;
};
