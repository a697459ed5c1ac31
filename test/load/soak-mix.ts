import type { LoadRequest } from "./sender.ts";
import { basePath, board, type LoadTenant } from "./world.ts";

/**
 * What a day brings, in turn, of a thousand requests: some nine hundred pages that are kept, by the API and by links,
 * twenty that are read anew, and of everything else a few: saves, drafts, links, lists, archived dashboards, errors.
 */
export function mixSoak(tenants: readonly LoadTenant[]): LoadRequest[] {
  return Array.from({ length: rounds }, (_, round) =>
    // 61 and 7 share no factor with a thousand, so that each tenant comes to everything.
    tenants.map((tenant, at) => toRequest(tenant, (round * 61 + at * 7) % 1_000)),
  ).flat();
}

const rounds = 250;

function toRequest(tenant: LoadTenant, kind: number): LoadRequest {
  const { canary, token, links } = tenant;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const send = (method: LoadRequest["method"], path: string, body?: object, expected?: readonly number[]) => ({
    ...{ method, path: `${basePath}${path}`, headers, canary },
    ...(body && { body: JSON.stringify(body) }),
    ...(expected && { expected }),
  });
  const render = (what: object) => send("POST", "/render", { dashboard_id: "board", ...what });
  if (kind < 860) return render({ theme: ["light", "dark", "auto"][kind % 3]!, locale: ["en", "de"][kind % 2]! });
  if (kind < 910) return { method: "GET", path: links[0]!, headers: {}, canary };
  if (kind < 930) return send("POST", "/render", { dashboard_id: "orders", filters: { least: "0.#unique#" } });
  if (kind < 950) return send("GET", "/definitions?page_size=20");
  if (kind < 960) return send("GET", "/definitions/board");
  if (kind < 965) return send("GET", "/definitions/board/versions?page_size=5");
  if (kind < 970) return send("GET", "/shares?page_size=5");
  if (kind < 974) return send("POST", "/definitions", board(canary, "#unique#"));
  if (kind < 978)
    return send("POST", "/definitions", { ...board(canary, "#unique#"), dashboard_id: "next", draft: true });
  if (kind < 982) return send("POST", "/share", { dashboard_id: "board", expires_in_s: 3_600 });
  if (kind < 985) return send("POST", "/definitions", { ...board(canary), dashboard_id: "gone" });
  // It may be gone already, or not be there yet.
  if (kind < 988) return send("DELETE", "/definitions/gone", undefined, [200, 404]);
  if (kind < 991) return send("POST", "/render", { dashboard_id: "nowhere" }, [404]);
  if (kind < 994) return send("POST", "/render", { dashboard_id: 1 }, [400]);
  if (kind < 996) return { ...send("POST", "/share", { dashboard_id: "board", expires_in_s: 1 }, [400]) };
  // Too many of them from one address are told to wait.
  if (kind < 998) return { ...send("GET", "/shares", undefined, [401, 429]), headers: { authorization: "Bearer no" } };
  return { method: "GET", path: "/s/no-token-of-ours", headers: {}, canary, expected: [404] };
}
