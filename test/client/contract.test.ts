import type { DescFile, DescMessage, DescMethod, DescService } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { ConnectionsService } from "../../client/gen/datajetty/dashboards/v1/connections_service_pb.js";
import { DashboardsService } from "../../client/gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createDashboardsClient } from "../../client/src/index.ts";
import { ConnectionsService as Connections } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import { DashboardsService as Dashboards } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { suite } from "../harness.ts";

/** The client's copy of the contract, which leaves out the rules of fields and the paths of REST. */
const test = suite("the client's contract");

test("every method has its own in the client", () => {
  const client = createDashboardsClient({ baseUrl: "http://127.0.0.1:9", token: "" }) as object as Record<
    string,
    unknown
  >;
  const missing = [...Dashboards.methods, ...Connections.methods]
    .map(({ localName }) => localName)
    .filter((name) => typeof client[name] !== "function");
  assert.equal(missing, []);
});

test("every message and field is in the client's copy as it is in the contract", () => {
  const ours = describe([Dashboards, Connections]);
  assert.ok(ours.length > 300, `${ours.length} lines`);
  assert.equal(describe([DashboardsService, ConnectionsService]), ours, "run `npm run generate`");
});

test("nothing is in the copy that only the service needs", () => {
  const files = new Set<string>();
  const visit = ({ name, dependencies }: DescFile) => {
    files.add(name);
    for (const each of dependencies) visit(each);
  };
  visit(DashboardsService.file);
  assert.not.match([...files].join(), /validate|annotations|google\/api\/http(,|$)/);
});

test.run();

/** A line for each method and field of services and of all that they lead to. */
function describe(services: readonly DescService[]): string[] {
  const lines: string[] = [];
  const seen = new Set<string>();
  const visit = (message: DescMessage) => {
    if (seen.has(message.typeName)) return;
    seen.add(message.typeName);
    for (const field of message.fields) {
      const type = field.message?.typeName ?? field.enum?.typeName ?? field.scalar;
      lines.push([field, field.number, field.fieldKind, type, field.oneof?.name, field.presence].join(" "));
      if (field.message !== undefined) visit(field.message);
    }
  };
  for (const method of services.flatMap(({ methods }) => methods as DescMethod[])) {
    lines.push([method, method.input, method.output, method.idempotency].join(" "));
    visit(method.input);
    visit(method.output);
  }
  return lines.sort();
}
