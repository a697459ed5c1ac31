import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { createDataFolder } from "../process.ts";
import { createTestDatabase } from "../store/database.ts";

const test = suite("the documented example of traces");

test("loaded before the service it tells of requests, also of those just before the end", async () => {
  const database = await createTestDatabase();
  const folder = createDataFolder();
  try {
    const service = await folder.start({
      NODE_OPTIONS: "--import=./docs/otel.example.mjs",
      DATABASE_URL: database.url,
      DATABASE_MIGRATE_URL: database.ownerUrl,
      ADMIN_PORT: "0",
    });
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    assert.is((await service.post("/render", { dashboard_id: "absent" }, { traceparent })).status, 404);
    service.signal("SIGTERM");
    assert.is(await service.ended, 0);
    assert.match(service.output(), "name: 'datajetty.dashboards.v1.DashboardsService/Render'");
    assert.match(service.output(), `traceId: '${traceId}'`);
    assert.match(service.output(), /^metrics at http:\/\/127\.0\.0\.1:\d+\/metrics$/m);
  } finally {
    await folder.remove();
  }
});

test.run();
