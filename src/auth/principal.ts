/** Who calls, as a verified token says. */
export type Principal = {
  readonly tenant: string;
  readonly subject: string;
  /** Empty where the token grants nothing: it is still a valid token. */
  readonly scopes: ReadonlySet<string>;
};
