/**
 * Prints an access token of the development issuer and nothing else, so that a shell can take it:
 * `TOKEN=$(npm run -s token -- --tenant acme)`. Where it cannot, it says why and exits with 2.
 */
import { parseArgs } from "node:util";
import { defaultScopes, mintToken, type TokenOptions } from "./mint-token.ts";

const usage = `usage: npm run -s token -- --tenant acme [--scopes "dashboards:render ..."] [--expires-in 3600]
       [--filters '{"region":"IN"}', which the token holds its caller to]`;

try {
  console.log(await mintToken(parseOptions(process.argv.slice(2)), process.env));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(usage);
  process.exitCode = 2;
}

function parseOptions(args: string[]): TokenOptions {
  const { values } = parseArgs({
    args,
    strict: true,
    options: {
      tenant: { type: "string" },
      scopes: { type: "string", default: defaultScopes },
      "expires-in": { type: "string", default: "3600" },
      filters: { type: "string" },
    },
  });
  const { tenant, scopes, "expires-in": expiresIn, filters } = values;
  return { tenant, scopes, expiresIn, filters };
}
