/** Systems on the loopback that connections of tests lead to. */
import { randomBytes } from "node:crypto";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { JsonObject } from "@bufbuild/protobuf";
import { createTestDatabase, onConnection } from "../store/database.ts";

/** A database with a table of its own and a role that may only read it. */
export type Warehouse = {
  /** For ALLOWED_HOSTS: lets connections to the host `warehouse.test` lead there. */
  readonly allowed: string;
  /** What SaveConnection takes, beside the name. */
  readonly connection: JsonObject;
};

/** Makes a database whose table `orders` has the regions IN and US, with 3 and 5 orders. */
export async function createWarehouse(): Promise<Warehouse> {
  const { superuserUrl } = await createTestDatabase();
  const url = new URL(superuserUrl);
  const database = url.pathname.slice(1);
  const user = `reader_${randomBytes(4).toString("hex")}`;
  const password = randomBytes(16).toString("hex");
  await onConnection(superuserUrl, async ({ sql }) => {
    await sql.unsafe("create table orders (region text, n int)");
    await sql.unsafe("insert into orders values ('IN', 3), ('US', 5)");
    await sql.unsafe(`create role ${user} login password '${password}'`);
    await sql.unsafe(`grant select on orders to ${user}`);
  });
  const host = decodeURIComponent(url.hostname);
  const port = url.port || "5432";
  const leadsTo = host.startsWith("/") ? `${host}/.s.PGSQL.${port}` : `${host}:${port}`;
  return {
    allowed: `warehouse.test:5432=${leadsTo}`,
    connection: { postgres: { host: "warehouse.test", database, user, tls: "off" }, secret: { password } },
  };
}

/** A listener on the loopback that counts who connects. */
export type Upstream = { readonly port: number; readonly connections: () => number; close(): Promise<void> };

/** Starts a web service. */
export function startWebService(answer: RequestListener): Promise<Upstream> {
  return listen(createHttpServer(answer));
}

/** Starts a listener that takes connections and never says a word. */
export function startBlackHole(): Promise<Upstream> {
  return listen(createServer());
}

/** Starts a listener that hangs up on whoever connects. */
export function startHangUp(): Promise<Upstream> {
  return listen(createServer((socket) => socket.destroy()));
}

async function listen(server: Server): Promise<Upstream> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
