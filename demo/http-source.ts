import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readDemoCsv } from "./csv.ts";
import type { RunningSource } from "./running-source.ts";
import { stateNames } from "./state-names.ts";

/**
 * Starts a web service that knows the airports of the United States, an example of what an HTTP connection leads to:
 * rows in JSON, filtered by the query. `GET /airports` takes `state` and `iata`, each as often as one likes, and
 * answers the airports that have one of the values; `GET /states` takes `state`, and answers how many airports each
 * has, the most first. One that holds data of tenants would also speak TLS and check who calls, by the bearer token or
 * the headers that the connection's secret holds. Port 0 takes a free one.
 */
export async function startHttpSource({ host, port }: { host: string; port: number }): Promise<RunningSource> {
  const airports = (await readDemoCsv("airports.csv")).map(toAirport);
  const server = createServer((request, response) => {
    // Bodies are of no interest here.
    request.resume();
    const { status, body } = answer(airports, request.method ?? "", request.url ?? "");
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, "close");
    },
  };
}

type Airport = ReturnType<typeof toAirport>;

function toAirport({ iata = "", name = "", city = "", state = "", latitude, longitude }: Record<string, string>) {
  return { iata, name, city, state, latitude: Number(latitude), longitude: Number(longitude) };
}

function answer(
  airports: readonly Airport[],
  method: string,
  target: string,
): { readonly status: number; readonly body: object } {
  // A proxy's form of a target, or one that is none, is no path of ours.
  const url = target.startsWith("/") ? URL.parse(`http://source.invalid${target}`) : null;
  const resource = url?.pathname;
  if (url === null || (resource !== "/airports" && resource !== "/states")) {
    return { status: 404, body: { error: "there is no such resource" } };
  }
  if (method !== "GET") return { status: 405, body: { error: "only GET is known" } };
  const query = url.searchParams;
  if (![...query.keys()].every((name) => name === "state" || (name === "iata" && resource === "/airports"))) {
    return { status: 400, body: { error: "a parameter is not known" } };
  }
  const has = (name: "state" | "iata", airport: Airport) => {
    const wanted = query.getAll(name);
    return wanted.length === 0 || wanted.includes(airport[name]);
  };
  const found = airports.filter((each) => has("state", each) && has("iata", each));
  return { status: 200, body: resource === "/airports" ? { airports: found } : { states: countByState(found) } };
}

/** Airports whose state is none, as `NA`, belong to no state. */
function countByState(airports: readonly Airport[]): { state: string; name: string; airports: number }[] {
  return [...Map.groupBy(airports, ({ state }) => state)]
    .flatMap(([state, { length }]) => {
      const name = stateNames.get(state);
      return name === undefined ? [] : [{ state, name, airports: length }];
    })
    .sort((one, other) => other.airports - one.airports || (one.state < other.state ? -1 : 1));
}
