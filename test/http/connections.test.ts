import { once } from "node:events";
import { Socket } from "node:net";
import * as assert from "uvu/assert";
import { plainAddress } from "../../src/http/client-address.ts";
import { type Connections, createConnections } from "../../src/http/connections.ts";
import { addressKey } from "../../src/limit/address-key.ts";
import { suite } from "../harness.ts";

const test = suite("connections");

/** A socket that came from an address. It says that it is closed some turns after it is destroyed, as all do. */
function socketFrom(address: string): Socket {
  return Object.defineProperty(new Socket(), "remoteAddress", { value: address });
}

function open(connections: Connections, address: string, count: number): Socket[] {
  const sockets = Array.from({ length: count }, () => socketFrom(address));
  for (const socket of sockets) connections.add(socket);
  return sockets;
}

const create = (maxConnections: number, maxConnectionsPerAddress: number) =>
  createConnections({
    limits: { maxConnections, maxConnectionsPerAddress },
    isProxy: (address) => address === "10.0.0.1",
    keyOf: (address) => addressKey(plainAddress(address)),
  });

const left = (sockets: readonly Socket[]) => sockets.map(({ destroyed }) => (destroyed ? "-" : "o")).join("");

test("a burst leaves no more than may be open, the newest", () => {
  assert.is(left(open(create(2, 100), "a", 10)), "--------oo");
});

test("a burst of one address leaves it no more than its share, and others theirs", () => {
  const connections = create(100, 3);
  const others = open(connections, "b", 2);
  assert.is(left(open(connections, "a", 10)), "-------ooo");
  assert.is(left(others), "oo");
});

test("one network of IPv6 has one share, however many addresses it calls from", () => {
  const connections = create(100, 3);
  const others = open(connections, "2001:db8:0:2::1", 2);
  const callers = Array.from({ length: 5 }, (_, n) => open(connections, `2001:db8:0:1::${n + 1}`, 1)).flat();
  assert.is(left(callers), "--ooo");
  assert.is(left(others), "oo");
});

test("IPv4 addresses each have a share, also where a socket writes them as IPv6", () => {
  const connections = create(100, 1);
  const sockets = ["::ffff:10.1.0.1", "::ffff:10.1.0.2", "10.1.0.2"].flatMap((address) =>
    open(connections, address, 1),
  );
  assert.is(left(sockets), "o-o");
});

test("a proxy's address has no share", () => {
  assert.is(left(open(create(100, 3), "10.0.0.1", 10)), "oooooooooo");
});

test("a connection is idle once all its requests are over, however often each says so", () => {
  const connections = create(2, 100);
  const [busy, idle] = open(connections, "a", 2) as [Socket, Socket];
  const [first] = [connections.begin(busy), connections.begin(busy)];
  first();
  first();
  assert.is(left([busy, idle, ...open(connections, "a", 1)]), "o-o");
});

test("a closed connection makes room", async () => {
  const connections = create(2, 2);
  const [first, second] = open(connections, "a", 2) as [Socket, Socket];
  first.destroy();
  await once(first, "close");
  assert.is(left([second, ...open(connections, "a", 1)]), "oo");
});

test.run();
