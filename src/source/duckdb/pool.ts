import type { DuckdbFile } from "../../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Frame } from "../../frame/frame.ts";
import type { Log } from "../../log/log.ts";
import { SourceError } from "../source-error.ts";
import { type LocatedFiles, locateFiles } from "./files.ts";
import { type DuckdbProcess, startDuckdbProcess } from "./process.ts";
import type { DuckdbJob } from "./protocol.ts";

/** Runs DuckDB queries in processes of their own, each of which serves one tenant until it ends. */
export type DuckdbPool = {
  /** Finds the files that a query declares. Throws `source_failed` for what is not the tenant's to read. */
  locate(tenant: string, files: readonly DuckdbFile[]): Promise<LocatedFiles>;
  /**
   * Runs a query over located files. Throws SourceError; the signal's abort is the deadline: a query
   * that runs then is a `source_timeout`, one that waits for a process is `source_unavailable`.
   */
  query(tenant: string, job: DuckdbJob, signal: AbortSignal): Promise<Frame>;
  /** Kills every process, and resolves when all are gone. Queries that run or come later fail. */
  close(): Promise<void>;
};

/** A pool that tells how much there is to do. */
export type MeasuredDuckdbPool = DuckdbPool & {
  /** Returns how many processes are at work and at rest now, and how many queries wait for one. */
  load(): DuckdbLoad;
};

/** How much there is to do. */
export type DuckdbLoad = { readonly busy: number; readonly idle: number; readonly waiting: number };

/** How much a pool may hold, and for how long. */
export type DuckdbPoolOptions = {
  /** One folder a tenant, readable by everybody: processes started by root have no rights of their own. */
  readonly filesDir: string;
  readonly maxChildren: number;
  /**
   * Fewer than `maxChildren`, or one tenant's slow queries keep out every other. A process runs one
   * query at a time, so this also is how many queries run at once against one datasource.
   */
  readonly maxChildrenPerTenant: number;
  /** How long a process without work is kept. */
  readonly idleMs: number;
  /** How long a query may go on after its deadline before its process is killed. */
  readonly graceMs: number;
  readonly log: Log;
};

type Member = {
  readonly process: DuckdbProcess;
  /** Whose queries it runs; undefined while it has run none. Once set it stays. */
  tenant: string | undefined;
  idle: NodeJS.Timeout | undefined;
};

type Waiter = {
  readonly tenant: string;
  readonly start: (member: Member) => void;
  readonly refuse: () => void;
};

/** Creates a pool without processes: they start when there is work. */
export function createDuckdbPool(options: DuckdbPoolOptions): MeasuredDuckdbPool {
  const { filesDir, maxChildren, maxChildrenPerTenant, idleMs, graceMs, log } = options;
  /** In the order in which they became free. */
  const members = new Set<Member>();
  /** Those killed that the system has not buried yet. */
  const ending = new Set<Promise<void>>();
  const waiting = new Set<Waiter>();
  let closed = false;

  return {
    locate: (tenant, files) => locateFiles(filesDir, tenant, files),

    query(tenant, job, signal) {
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          tenant,
          start(member) {
            signal.removeEventListener("abort", waiter.refuse);
            member.process.run(job, signal).then(resolve, reject);
          },
          refuse() {
            waiting.delete(waiter);
            reject(
              new SourceError(
                "source_unavailable",
                closed ? "the service is ending" : "no DuckDB process was free in time",
              ),
            );
          },
        };
        if (closed || signal.aborted) return waiter.refuse();
        signal.addEventListener("abort", waiter.refuse, { once: true });
        waiting.add(waiter);
        startWaiting();
      });
    },

    load() {
      const idle = [...members].filter((member) => member.process.free).length;
      return { busy: members.size - idle, idle, waiting: waiting.size };
    },

    async close() {
      closed = true;
      for (const waiter of waiting) waiter.refuse();
      for (const member of members) endMember(member);
      await Promise.all(ending);
    },
  };

  /** Starts in order of arrival, passing over tenants that have their share. */
  function startWaiting(): void {
    for (const waiter of waiting) {
      const member = claimMember(waiter.tenant);
      if (member === undefined) continue;
      waiting.delete(waiter);
      clearTimeout(member.idle);
      waiter.start(member);
    }
  }

  function claimMember(tenant: string): Member | undefined {
    const own = membersOf(tenant);
    const idle = own.find((member) => member.process.free);
    if (idle !== undefined || own.length >= maxChildrenPerTenant) return idle;
    const [spare] = membersOf(undefined);
    if (spare !== undefined) {
      spare.tenant = tenant;
      return spare;
    }
    if (members.size >= maxChildren) {
      const other = [...members].find((member) => member.process.free);
      if (other === undefined) return undefined;
      endMember(other);
    }
    return addMember(tenant);
  }

  /** Returns undefined where the system has no room for another process. */
  function addMember(tenant: string | undefined): Member | undefined {
    try {
      const onFree = () => release(member);
      const onEnd = () => {
        forget(member);
        startWaiting();
      };
      const member: Member = { process: startDuckdbProcess({ graceMs, log, onFree, onEnd }), tenant, idle: undefined };
      members.add(member);
      return member;
    } catch (error) {
      log.error({ error }, "a DuckDB process cannot be started");
      return undefined;
    }
  }

  function release(member: Member): void {
    if (!members.has(member)) return;
    members.delete(member);
    members.add(member);
    member.idle = setTimeout(() => endMember(member), idleMs);
    startWaiting();
    // One that nobody has claimed yet spares the next tenant the wait for a start.
    if (member.tenant !== undefined && members.size < maxChildren && membersOf(undefined).length === 0) {
      addMember(undefined);
    }
  }

  function endMember(member: Member): void {
    forget(member);
    member.process.end();
    ending.add(member.process.ended);
    member.process.ended.then(() => ending.delete(member.process.ended));
  }

  function forget(member: Member): void {
    clearTimeout(member.idle);
    members.delete(member);
  }

  function membersOf(tenant: string | undefined): Member[] {
    return [...members].filter((member) => member.tenant === tenant);
  }
}
