import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import type { World } from "../world.ts";

/** Contacts as they must not be, each of them in a way of its own. */
const contacts: Readonly<Record<string, (world: World) => Promise<void>>> = {
  "the sink that is denied": ({ deniedSink }) => {
    const [host = "", port = ""] = deniedSink.address.split(":");
    return tryToConnect(host, Number(port));
  },
  "a bait": () => tryToConnect("169.254.169.254", 80),
  "the usual port of another loopback address": () => tryToConnect("127.0.0.1", 80),
  "an address that nobody has named": () => tryToConnect("203.0.113.9", 443),
  "a port at which nobody listens": () => tryToConnect("10.0.0.1", 7),
  "an address of IPv6": () => tryToConnect("2001:db8::1", 80),
  "a name": async () => {
    await lookup("extensions.duckdb.org").catch(() => {});
  },
};

/**
 * Makes contacts that no case may make, from here, and returns those that were not seen: a watch that sees
 * nothing would let every case pass. Only in a namespace of our own, for they would leave the machine.
 */
export async function checkWatch(world: World): Promise<readonly string[]> {
  const unseen: string[] = [];
  for (const [what, make] of Object.entries(contacts)) {
    const mark = await world.around!.mark();
    await make(world);
    if ((await world.around!.contactedSince(mark, [])) === undefined) unseen.push(what);
  }
  return unseen;
}

/** Resolves when it is known whether there was a connection. */
function tryToConnect(host: string, port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.on("error", () => {}).once("close", () => resolve());
    socket.once("connect", () => socket.end());
    socket.resume();
  });
}
