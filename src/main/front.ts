import { readFileSync } from "node:fs";
import { createContextValues } from "@connectrpc/connect";
import type { Config } from "../config/config.ts";
import { createListener, type Listener, type ListenerOptions } from "../http/listener.ts";
import type { Certificate } from "../http/servers.ts";
import { addressKey } from "../limit/address-key.ts";
import { type Admission, createAdmission, type MeasuredAdmission } from "../limit/admission.ts";
import type { Log } from "../log/log.ts";
import { callInfoKey } from "../rpc/call.ts";
import type { Answers } from "./answers.ts";
import type { PageFiles } from "./assets.ts";
import { referenceFiles } from "./reference.ts";
import type { Witness } from "./witness.ts";

/** What a front stands before. */
export type FrontOptions = {
  readonly config: Pick<Config, "tls" | "trustedProxies">;
  /** What answers; asked for from when the front listens. */
  readonly answers: () => Answers;
  /** Whether calls are answered: until then they are refused, as under overload; probes and assets are not. Stays true. */
  readonly isWarm: () => boolean;
  readonly ready: ListenerOptions["ready"];
  readonly pageFiles: PageFiles;
  /** Who is told of requests; nobody unless told. */
  readonly witness?: Pick<Witness, "onRequest" | "follow">;
  readonly log: Log;
};

/** A port, and how much there is to do for it. */
export type Front = Listener & Pick<MeasuredAdmission, "load">;

/**
 * Whoever is refused hears of it a turn after it asked, and an answer that takes ten turns comes within half a second,
 * its wait included. A rush is what people make who open a page together.
 */
const admission = { maxInFlight: 2_000, turnMs: 6, rushMs: 200, standingMs: 10, calmMs: 2_000 };

/** Creates the port with all that calls pass before they are answered. It listens once told to. */
export function createFront({ config, answers, isWarm, ready, pageFiles, witness, log }: FrontOptions): Front {
  const doorway = createAdmission({
    ...admission,
    cpuMs,
    wallMs: () => performance.now(),
    nextTurn: (callback) => listener.nextTurn(callback),
    later: setTimeout,
  });
  const listener = createListener({
    find: (request) => answers().find(request),
    share: (token, query, _, signal) => answers().openShare(token, query, signal),
    busyPage: () => answers().busyPage,
    admission: closedUntil(isWarm, doorway),
    assets: pageFiles.assets,
    makeAsset: pageFiles.makeAsset,
    lateFiles: referenceFiles(),
    contextValues: (exchange) => createContextValues().set(callInfoKey, exchange),
    ready,
    trustedProxies: config.trustedProxies,
    addressKey,
    ...(config.tls && { certificate: readCertificate(config.tls) }),
    onRequest: witness?.onRequest,
    follow: witness?.follow,
    log,
    now: () => performance.now(),
  });
  return { ...listener, load: doorway.load };
}

/** Lets nobody in before, of which nothing is learned. */
function closedUntil(isWarm: () => boolean, doorway: Admission): Admission {
  return {
    isFull: () => !isWarm() || doorway.isFull(),
    refuse: () => isWarm() && doorway.refuse(),
    enter: (isGone) => (isWarm() ? doorway.enter(isGone) : Promise.resolve(undefined)),
  };
}

function readCertificate({ certFile, keyFile }: NonNullable<Config["tls"]>): Certificate {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
