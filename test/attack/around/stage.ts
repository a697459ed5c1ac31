import type { DatabaseView } from "../database-view.ts";
import type { createTokens } from "../jwt.ts";
import type { ServiceProcess } from "../service-process.ts";
import type { Sink } from "../sink.ts";
import type { WorldOptions } from "../world.ts";
import type { Contacts } from "./contacts.ts";
import type { HttpUpstream } from "./http-upstream.ts";
import type { AllUpstreams } from "./upstreams.ts";
import type { Warehouse } from "./warehouse.ts";

/** Everything that stands once, for all tenants. */
export type Stage = {
  readonly options: WorldOptions;
  /** The one that runs now. */
  readonly service: () => ServiceProcess;
  restart(env: Readonly<Record<string, string>>): Promise<void>;
  readonly database: DatabaseView;
  readonly warehouse: Warehouse;
  /** The service's own folder, which holds the two that follow. */
  readonly dataDir: string;
  readonly filesDir: string;
  /** A folder into which everybody may write. */
  readonly temporary: string;
  readonly deniedSink: Sink;
  /** The upstream of http://sink.test/. */
  readonly usual: HttpUpstream;
  readonly contacts: Contacts;
  readonly upstreams: AllUpstreams;
  /** Where the service may connect to without a word: `127.0.0.2:80`, for one. */
  readonly expected: ReadonlySet<string>;
  readonly tokens: ReturnType<typeof createTokens>;
};

/** Where the warehouse is, by the name that the operator has given it. */
export const warehouseHost = "warehouse.test";
