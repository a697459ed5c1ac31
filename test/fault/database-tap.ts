import { connect, type Socket } from "node:net";
import type { CrashPointName } from "./crash-points.ts";
import type { Hold } from "./hold.ts";
import { createMessageReader, type PostgresMessage } from "./postgres-messages.ts";
import { createRelay } from "./relay.ts";

/** A way to the database that can make calls wait at a point of their transactions. */
export type DatabaseTap = {
  /** The database's URL, by way of the tap. */
  readonly url: string;
  /** Makes calls whose transactions begin from now on wait at the hold's point; undefined lets them pass. */
  hold(hold: Hold | undefined): void;
  close(): Promise<void>;
};

/** Listens on a port of its own, and passes messages on to the database at the URL, one by one. */
export async function createDatabaseTap(target: string): Promise<DatabaseTap> {
  const { hostname, port: targetPort, pathname, username, password } = new URL(target);
  const host = decodeURIComponent(hostname);
  let hold: Hold | undefined;

  const openFar = () =>
    host.startsWith("/")
      ? connect(`${host}/.s.PGSQL.${targetPort || 5432}`)
      : connect({ port: Number(targetPort || 5432), host, noDelay: true });
  const { port, close } = await createRelay(openFar, (near, far) => tap(near, far, () => hold));
  return {
    url: `postgres://${username}:${password}@127.0.0.1:${port}${pathname}`,
    hold: (next) => {
      hold = next;
    },
    close,
  };
}

/** A message in its place in a call's transaction. */
type Passing = {
  readonly fromService: boolean;
  readonly message: PostgresMessage;
  /** Requests that the service has sent whole since before its BEGIN, and those that were answered. */
  readonly sent: number;
  readonly answered: number;
};

const isBegin = ({ kind, text }: PostgresMessage) => kind === "Q" && /^begin\b/i.test(text);
const isCommit = ({ kind, text }: PostgresMessage) => kind === "Q" && /^commit\b/i.test(text);

/** Which message a call waits with. BEGIN is its first request, and the second one locks its key. */
const stops: Readonly<Partial<Record<CrashPointName, (passing: Passing) => boolean>>> = {
  before_begin: ({ fromService, message }) => fromService && isBegin(message),
  key_held: ({ fromService, message, answered }) => !fromService && answered === 1 && message.kind === "C",
  before_effect: ({ fromService, sent }) => fromService && sent === 2,
  // A save keeps its answer with its effect: what is left then is COMMIT.
  effect_done: ({ fromService, message }) =>
    fromService && ((message.kind === "P" && message.text.includes("keep_answer(")) || isCommit(message)),
  before_commit: ({ fromService, message }) => fromService && isCommit(message),
  commit_sent: ({ fromService, message }) => fromService && isCommit(message),
  after_commit: ({ fromService, message }) => !fromService && message.kind === "C" && /^COMMIT/.test(message.text),
};

/** Passes on what one connection carries, until it is made to wait: then nothing more goes the same way. */
function tap(near: Socket, far: Socket, currentHold: () => Hold | undefined): void {
  let hold: Hold | undefined;
  let sent = 0;
  let answered = 0;
  let waitsFor: "service" | "server" | undefined;
  let arrive: (() => void) | undefined;

  const take = (fromService: boolean, message: PostgresMessage) => {
    const [source, target] = fromService ? (["service", far] as const) : (["server", near] as const);
    if (waitsFor === source) return;
    if (fromService && isBegin(message)) {
      const next = currentHold();
      hold = next !== undefined && Object.hasOwn(stops, next.point) && next.enter() ? next : undefined;
      sent = 0;
      answered = 0;
    }
    if (hold !== undefined && stops[hold.point]!({ fromService, message, sent, answered })) {
      waitsFor = source;
      const { arrive: wait } = hold;
      arrive = () => wait(() => target.write(message.bytes));
    } else {
      target.write(message.bytes);
      // Sync and simple queries end a request, ReadyForQuery its answer.
      if (fromService && /^[QS]$/.test(message.kind)) sent += 1;
      if (!fromService && message.kind === "Z") answered += 1;
    }
    // A message of the service's waits once the server has done all that was asked before.
    if (waitsFor === "server" || (waitsFor === "service" && answered === sent)) {
      arrive?.();
      arrive = undefined;
    }
  };

  for (const [socket, fromService] of [
    [near, true],
    [far, false],
  ] as const) {
    const read = createMessageReader({ fromService });
    socket.on("data", (bytes: Buffer) => {
      for (const message of read(bytes)) take(fromService, message);
    });
  }
}
