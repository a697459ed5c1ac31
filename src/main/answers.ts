import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { ServiceImpl } from "@connectrpc/connect";
import type { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import type { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { Authenticator } from "../auth/authenticator.ts";
import { noSharedCache } from "../cache/shared-cache.ts";
import type { Config } from "../config/config.ts";
import { createPictures } from "../export/pictures.ts";
import type { Find } from "../http/dispatch.ts";
import type { BulkheadLoad } from "../limit/bulkhead.ts";
import { perSecond, type RateOf } from "../limit/rates.ts";
import type { Log } from "../log/log.ts";
import { createRenderer } from "../render/dashboard.ts";
import { createConnectionsService } from "../rpc/connections-service.ts";
import { createDashboardsService, createRenderAtHand } from "../rpc/dashboards-service.ts";
import { createDefinitions } from "../rpc/definitions.ts";
import { createGate } from "../rpc/gate.ts";
import type { OpenCounter } from "../rpc/open-counter.ts";
import { createBusyPage, createOpenShare, type OpenShare, type PageAnswer } from "../rpc/open-share.ts";
import { createPageTokens } from "../rpc/page-token.ts";
import { createRenderAnswers } from "../rpc/render-answers.ts";
import { createTakeSnapshot } from "../rpc/share-snapshot.ts";
import { createSnapshotPage } from "../rpc/snapshot-page.ts";
import { createSuspensionCheck, suspensionInterceptor } from "../rpc/suspension.ts";
import { createFieldCheck } from "../rpc/validate.ts";
import type { PageFiles } from "./assets.ts";
import type { Dependencies } from "./dependencies.ts";
import { createRendering } from "./rendering.ts";
import { createRoutes } from "./routes.ts";
import { warmUp } from "./warm-up.ts";
import type { Witness } from "./witness.ts";

/** What answers calls and whoever opens a link. */
export type Answers = {
  readonly find: Find;
  readonly openShare: OpenShare;
  readonly busyPage: PageAnswer;
  /** The implementations themselves, which ask nobody who they are. */
  readonly dashboards: ServiceImpl<typeof DashboardsService>;
  readonly connections: ServiceImpl<typeof ConnectionsService>;
  /** Returns how much there is to render. */
  readonly renders: () => BulkheadLoad;
  /** Does once what the first caller would otherwise wait for. */
  warmUp(): Promise<void>;
};

/** What they are made of. */
export type AnswersOptions = {
  readonly config: Pick<Config, "shareMaxExpiresInS" | "failedTokensPerSecond" | "dataDir">;
  readonly dependencies: Dependencies;
  readonly authenticate: Authenticator;
  readonly rateOf: RateOf;
  readonly counter: OpenCounter;
  readonly pageFiles: PageFiles;
  /** Scheme and authority of links and assets. */
  readonly origin: string;
  /** Whether calls are welcome. */
  readonly isServing: () => Promise<boolean>;
  readonly shutdownSignal: AbortSignal;
  /** How long a call may take. */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly elapsedMs: () => number;
  readonly witness: Pick<Witness, "onDrawn" | "onLimited">;
  readonly log: Log;
};

/** Creates what answers. Nothing of it has to be closed. */
export function createAnswers(options: AnswersOptions): Answers {
  const { config, dependencies, authenticate, rateOf, counter, pageFiles, origin, now, elapsedMs, log } = options;
  const { shareKeys: keys, secrets, replicas, store, cache, lookup, sources } = dependencies;
  const { limiter, news, shared } = replicas;
  const { onDrawn, onLimited } = options.witness;
  const assets = pageFiles.refs(origin);
  const renderer = createRenderer({ templates: pageFiles.templates, assets });
  const definitions = createDefinitions({ store, cache: cache.of("definitions"), news, elapsedMs });
  const rendered = { sources: sources.runner, renderer, cache: cache.of("renders"), now };
  const rendering = createRendering({ ...rendered, shared, onDrawn });
  const answers = createRenderAnswers({ assets, now });
  const fieldCheck = createFieldCheck();
  const pageTokens = createPageTokens(keys);
  const isSuspended = createSuspensionCheck({ store, news, elapsedMs });
  const dashboards = createDashboardsService({
    store,
    definitions,
    takeSnapshot: createTakeSnapshot({ rendering, assets, now }),
    news,
    rendering,
    frames: rendering.frames,
    pictures: createPictures({ fontsDir: join(config.dataDir, "fonts") }),
    answers,
    fieldCheck,
    keys,
    pageTokens,
    origin,
    maxExpiresInS: config.shareMaxExpiresInS,
    now,
    random: randomBytes,
  });
  const connections = createConnectionsService({
    store,
    connections: lookup,
    secrets,
    pageTokens,
    testConnection: sources.testConnection,
    elapsedMs,
  });
  const gate = createGate({
    authenticate,
    isSuspended,
    limiter,
    rateOf,
    failedTokenRate: perSecond(config.failedTokensPerSecond),
    onLimited,
    elapsedMs,
    log,
  });
  return {
    find: createRoutes({
      dashboards,
      connections,
      gate,
      kept: answers.bytesOf,
      renderAtHand: createRenderAtHand({ definitions, rendering, answers, elapsedMs }),
      lateGate: suspensionInterceptor(isSuspended, elapsedMs),
      fieldCheck,
      isServing: options.isServing,
      shutdownSignal: options.shutdownSignal,
      timeoutMs: options.timeoutMs,
      log,
    }),
    openShare: createOpenShare({
      store,
      isSuspended,
      definitions,
      snapshotPage: createSnapshotPage({
        store,
        cache: cache.of("snapshots"),
        renderer,
        assets,
        isServed: (path) => pageFiles.assets.has(path),
      }),
      rendering,
      renderer,
      keys,
      limiter,
      rateOf,
      onLimited,
      counter,
      news,
      elapsedMs,
      now,
      log,
    }),
    busyPage: createBusyPage(renderer),
    dashboards,
    connections,
    renders: rendering.load,
    // What another replica has drawn would warm nothing here.
    warmUp: () => warmUp(fieldCheck, createRendering({ ...rendered, shared: noSharedCache })),
  };
}
