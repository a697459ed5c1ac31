/** How many rounds count, and how many before those warm the engines up. */
export type Rounds = { readonly warmUps: number; readonly rounds: number };

/** Takes rounds one after another; returns what those that count came to. */
export async function takeRounds<R>({ warmUps, rounds }: Rounds, take: () => Promise<R>): Promise<readonly R[]> {
  const taken: R[] = [];
  for (let round = 0; round < warmUps + rounds; round += 1) {
    const one = await take();
    if (round >= warmUps) taken.push(one);
  }
  return taken;
}
