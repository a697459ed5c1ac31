import { isIPv4 } from "node:net";
import { type ChannelOptions, Client, connectivityState } from "@grpc/grpc-js";
import { portOf } from "../../definition/connection-settings.ts";
import type { Address, OpenConnection, ResolveAddress } from "../connector.ts";
import { SourceError } from "../source-error.ts";
import { GrpcCredentials } from "./credentials.ts";

/** Channels to services, one for each tenant, connection and revision: what one has learnt, no other uses. */
export type GrpcChannels = {
  /** Returns the channel that is kept, or opens one. Throws SourceError. It need not be connected. */
  open(connection: OpenConnection<"grpc">): Promise<Client>;
  /**
   * Forgets a channel, so that the next read starts from the name. What runs on it may end, unless it is
   * `dead`.
   */
  drop(client: Client, dead: boolean): void;
  /** Closes all. */
  close(): void;
};

/** A message of the service is refused beyond it: 4 MiB, gRPC's own default. */
const maxMessageBytes = 4 * 1024 * 1024;

/** A channel that nobody used for a minute is closed: a dashboard that refreshes comes back sooner. */
const idleMs = 60_000;

/** Beyond it, the one that was used least recently is closed: each takes a socket. */
const maxChannels = 256;

/**
 * How long calls on a channel that is closed may go on, before its sockets are closed whatever the other side
 * does: longer than any read.
 */
const lingerMs = 60_000;

type Channel = { readonly client: Client; readonly hangUp: () => void };

/** Creates the keeper of channels. */
export function createGrpcChannels(resolve: ResolveAddress): GrpcChannels {
  const kept = new Map<string, Channel & { readonly idle: NodeJS.Timeout }>();

  return {
    async open(connection) {
      const { tenant, name, revision } = connection;
      const key = JSON.stringify([tenant, name, revision]);
      const known = kept.get(key) ?? settleOn(key, await openChannel(connection, resolve));
      clearTimeout(kept.get(key)?.idle);
      kept.delete(key);
      kept.set(key, { ...known, idle: setTimeout(() => forget(key, lingerMs), idleMs).unref() });
      if (kept.size > maxChannels) forget(kept.keys().next().value!, lingerMs);
      return known.client;
    },
    drop(client, dead) {
      for (const [key, each] of kept) if (each.client === client) forget(key, dead ? 0 : lingerMs);
    },
    close() {
      for (const key of [...kept.keys()]) forget(key, 0);
    },
  };

  /** Another read may have opened one while this one's name was resolved. */
  function settleOn(key: string, channel: Channel): Channel {
    const known = kept.get(key);
    if (known !== undefined) channel.client.close();
    return known ?? channel;
  }

  function forget(key: string, leftMs: number): void {
    const entry = kept.get(key);
    if (entry === undefined) return;
    kept.delete(key);
    clearTimeout(entry.idle);
    entry.client.close();
    if (leftMs === 0) entry.hangUp();
    else setTimeout(entry.hangUp, leftMs).unref();
  }
}

/**
 * Waits until a channel is connected, or has found that it cannot be: the next call says why. Throws
 * SourceError where neither happens in `withinMs`, as when nothing answers at all.
 */
export async function settleChannel(client: Client, withinMs: number): Promise<void> {
  const channel = client.getChannel();
  const deadline = Date.now() + withinMs;
  for (;;) {
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.READY || state === connectivityState.TRANSIENT_FAILURE) return;
    if (state === connectivityState.SHUTDOWN) throw new SourceError("source_unavailable", "the connection was closed");
    await new Promise<void>((resolve, reject) => {
      const silent = new SourceError("source_unavailable", "the host does not answer");
      channel.watchConnectivityState(state, deadline, (error) => (error ? reject(silent) : resolve()));
    });
  }
}

/** Whether a channel is connected. */
export function isConnected(client: Client): boolean {
  return client.getChannel().getConnectivityState(false) === connectivityState.READY;
}

async function openChannel({ kind }: OpenConnection<"grpc">, resolve: ResolveAddress): Promise<Channel> {
  const { host, port, tls, caCertificate } = kind.value;
  const secure = tls !== "off";
  const address = await resolve(host, portOf(kind));
  const credentials = new GrpcCredentials(secure ? { host, caCertificate } : undefined);
  const options = { ...channelOptions, "grpc.default_authority": toAuthority(host, port) };
  return { client: new Client(toTarget(address), credentials, options), hangUp: () => credentials.hangUp() };
}

const channelOptions: ChannelOptions = {
  // Otherwise channels that look alike share connections, between tenants as well.
  "grpc.use_local_subchannel_pool": 1,
  "grpc.enable_http_proxy": 0,
  "grpc.service_config_disable_resolution": 1,
  // Whether to ask again is the runner's to say.
  "grpc.enable_retries": 0,
  "grpc.enable_channelz": 0,
  "grpc.max_receive_message_length": maxMessageBytes,
  // A channel that cannot connect is dropped, and a new one tries at once; this is for one that lost its server.
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 1000,
  // As much may be under way: 64 KiB, Node's default, makes a distant service slow.
  "grpc-node.flow_control_window": 1024 * 1024,
};

function toTarget(address: Address): string {
  if ("path" in address) return `unix:${address.path}`;
  const { host, port } = address;
  return isIPv4(host) ? `ipv4:${host}:${port}` : `ipv6:[${host}]:${port}`;
}

function toAuthority(host: string, port: number | undefined): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}
