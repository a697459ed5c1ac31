import { serveParent, startChild } from "./child.ts";
import type { Client } from "./compare-cost.ts";
import { openGrpcCalls } from "./grpc-calls.ts";

type GrpcLoad = { readonly url: string; readonly tokens: readonly string[] };

/** As many as services keep to each other. */
const connections = 4;

/** Calls under way at once on each: enough that a server always has one to answer. */
const callsAtOnce = 8;

/** Starts a client of grpc-js in a process of its own, which asks for a render with each of the tokens in turn. */
export async function startGrpcClient(url: string, tokens: readonly string[]): Promise<Client> {
  const { ask, end } = await startChild(import.meta.filename, { url, tokens } satisfies GrpcLoad);
  return { send: (count) => ask(count), end };
}

// Started as a process, it is the client.
if (import.meta.main) {
  serveParent<GrpcLoad>(({ url, tokens }) => {
    const lines = Array.from({ length: connections }, (_, line) =>
      openGrpcCalls(
        url,
        tokens.filter((_, at) => at % connections === line),
      ),
    );
    return {
      ready: undefined,
      async answer(count: unknown) {
        let left = count as number;
        let bytes = 0;
        const callSome = async (line: number) => {
          while (left > 0) {
            left -= 1;
            const answer = await lines[line]!.next();
            bytes += answer.length;
          }
        };
        await Promise.all(Array.from({ length: connections * callsAtOnce }, (_, at) => callSome(at % connections)));
        return bytes;
      },
      close: () => lines.forEach((line) => void line.close()),
    };
  });
}
