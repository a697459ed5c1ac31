import { kidOf, openSecret, SealError, type SecretPlace, sealSecret } from "./seal.ts";
import type { SecretKeys } from "./secret-keys.ts";

/** A sealed secret, where it is kept. */
type SealedSecret = SecretPlace & { readonly sealed: string };

/** Where sealed secrets are kept. */
export type SealedSecrets = {
  /** Returns those of all tenants, one batch after the other, in an order that does not change. */
  batches(): AsyncIterable<readonly SealedSecret[]>;
  /** Replaces one, unless it is another one by now. Says whether it did. */
  replace(secret: SealedSecret, sealed: string): Promise<boolean>;
};

/** What came of sealing anew. */
export type Resealing = {
  readonly resealed: number;
  /** The ids of keys that secrets are sealed with now. */
  readonly used: ReadonlySet<string>;
  /** The secrets that do not open, as `tenant/name`: they stay as they are. */
  readonly unopened: readonly string[];
};

/** So many times it looks for secrets that were saved with an earlier key meanwhile. */
const maxPasses = 5;

/**
 * Seals every secret anew that is not sealed with the current key. What is saved at the same time stays as it
 * was saved, and what was saved with another key is found by looking again. It may end anywhere and be begun
 * again.
 */
export async function resealSecrets(secrets: SealedSecrets, keys: SecretKeys): Promise<Resealing> {
  let resealed = 0;
  for (let pass = 1; ; pass += 1) {
    const used = new Set<string>();
    const unopened: string[] = [];
    let moved = 0;
    for await (const batch of secrets.batches()) {
      for (const secret of batch) {
        const kid = kidOf(secret.sealed);
        const anew = kid === keys.current ? secret.sealed : await sealAnew(secret, keys);
        if (anew === undefined) unopened.push(`${secret.tenant}/${secret.name}`);
        if (anew === undefined || anew === secret.sealed) {
          used.add(kid ?? "");
          continue;
        }
        moved += 1;
        if (await secrets.replace(secret, anew)) resealed += 1;
      }
    }
    // Only a pass that found nothing to move has seen with what each is sealed.
    if (moved === 0) return { resealed, used, unopened };
    if (pass === maxPasses) return { resealed, used: new Set(keys.keys.keys()), unopened };
  }
}

/** Returns undefined for what does not open. */
async function sealAnew(secret: SealedSecret, keys: SecretKeys): Promise<string | undefined> {
  try {
    return await sealSecret(await openSecret(secret.sealed, secret, keys), secret, keys);
  } catch (error) {
    if (error instanceof SealError) return undefined;
    throw error;
  }
}
