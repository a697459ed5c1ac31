import type { JsonObject } from "@bufbuild/protobuf";
import { type ApiCall, type Caller, succeed } from "./api.ts";

/** A method that changes something. */
export type Mutation = {
  readonly name: string;
  /** Makes what the call needs, for a tenant that has nothing yet, and returns the call. */
  prepare(caller: Caller): Promise<ApiCall>;
};

/** Every one of them; a draft is a save of its own kind. */
export const mutations: readonly Mutation[] = [
  { name: "SaveDefinition", prepare: async () => save("First") },
  { name: "SaveDraft", prepare: async () => save("Draft", { draft: true }) },
  {
    name: "PublishDefinition",
    async prepare(caller) {
      await succeed(caller, save("Draft", { draft: true }));
      return { method: "POST", path: "/definitions/d:publish", body: {} };
    },
  },
  {
    name: "RestoreDefinition",
    async prepare(caller) {
      await succeed(caller, save("First"));
      await succeed(caller, save("Second"));
      return { method: "POST", path: "/definitions/d:restore", body: { version: 1 } };
    },
  },
  {
    name: "ArchiveDefinition",
    async prepare(caller) {
      await succeed(caller, save("First"));
      return { method: "DELETE", path: "/definitions/d" };
    },
  },
  {
    name: "Share",
    async prepare(caller) {
      await succeed(caller, save("First"));
      return share;
    },
  },
  {
    name: "RevokeShare",
    async prepare(caller) {
      await succeed(caller, save("First"));
      const { share_id: shareId } = await succeed(caller, share);
      return { method: "DELETE", path: `/shares/${shareId}` };
    },
  },
  { name: "SaveConnection", prepare: async () => connection },
  {
    name: "DeleteConnection",
    async prepare(caller) {
      await succeed(caller, connection);
      return { method: "DELETE", path: "/connections/c" };
    },
  },
];

const share: ApiCall = { method: "POST", path: "/share", body: { dashboard_id: "d", expires_in_s: 3_600 } };

const connection: ApiCall = {
  method: "POST",
  path: "/connections",
  body: {
    name: "c",
    postgres: { host: "db.test", database: "sales", user: "reader" },
    secret: { password: "not to be kept in the clear" },
  },
};

function save(title: string, more: JsonObject = {}): ApiCall {
  const body = { dashboard_id: "d", layout: { title }, datasources: [], ...more };
  return { method: "POST", path: "/definitions", body };
}
