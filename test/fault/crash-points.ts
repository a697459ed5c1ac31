/** A moment between a mutating call's acceptance and its reply, at which the service can be killed. */
export type CrashPoint = {
  readonly name: string;
  /** On whose side of the service it is told. */
  readonly side: "client" | "database";
  /** Whether the effect is in the database then; "either" where the kill races the server's own work. */
  readonly done: "no" | "either" | "yes";
  /** What has happened when the service is killed, and what has not. */
  readonly means: string;
};

/** All of them, in the order in which a call comes by. What waits at one is passed on only where that is said. */
export const crashPoints = [
  {
    name: "request_read",
    side: "client",
    done: "either",
    means: "the request's last byte was handed to the service that moment, and is passed on as it is killed",
  },
  {
    name: "before_begin",
    side: "database",
    done: "no",
    means: "the service has sent BEGIN, and the server has not got it",
  },
  {
    name: "key_held",
    side: "database",
    done: "no",
    means: "the server has opened the transaction and locked the key, and the service was not told",
  },
  {
    name: "before_effect",
    side: "database",
    done: "no",
    means: "the service holds the key and has sent its first change, and the server has not got it",
  },
  {
    name: "effect_done",
    side: "database",
    done: "no",
    means: "the server has done the whole effect, and has not got the answer that is to be kept with it",
  },
  {
    name: "before_commit",
    side: "database",
    done: "no",
    means: "the server has the effect and the answer in the open transaction, and has not got COMMIT",
  },
  {
    name: "commit_sent",
    side: "database",
    done: "either",
    means: "COMMIT is passed on to the server as the service is killed",
  },
  {
    name: "after_commit",
    side: "database",
    done: "yes",
    means: "the server has committed, and the service was not told",
  },
  {
    name: "before_reply",
    side: "client",
    done: "yes",
    means: "the service has sent its reply, and the client has none of it",
  },
  {
    name: "reply_begun",
    side: "client",
    done: "yes",
    means: "the client has the first half of the reply",
  },
] as const satisfies readonly CrashPoint[];

/** A point's name. */
export type CrashPointName = (typeof crashPoints)[number]["name"];

/** Returns the point of a name; undefined where there is none. */
export function findCrashPoint(name: string): (CrashPoint & { readonly name: CrashPointName }) | undefined {
  return crashPoints.find((point) => point.name === name);
}
