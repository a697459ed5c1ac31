import * as assert from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import { suite } from "../harness.ts";
import { canaryCacheBytes, openCanarySource, sendCanaryRequests } from "../load/canary.ts";
import { createDataFolder } from "../process.ts";
import { startTestService } from "../service.ts";
import { createTestDatabase } from "../store/database.ts";

const test = suite("isolation: canaries");
const source = await openCanarySource();
test.after(() => source.close());

/** `CANARY_REQUESTS=100000 npx uvu test/isolation canary` for the long form. */
const requests = Number(process.env.CANARY_REQUESTS ?? 2_000);

test("no answer holds another tenant's text, by whichever protocol, also where the cache is too small for all", async () => {
  const errors: string[] = [];
  const service = await startTestService(source.env, createLog("error", { write: (line) => errors.push(line) }));
  try {
    const { leaks, failures, problems, distinctBytes } = await sendCanaryRequests({ ...service, source, requests });
    assert.equal({ leaks, failures, problems, errors }, { leaks: 0, failures: 0, problems: [], errors: [] });
    assert.ok(distinctBytes > canaryCacheBytes, `${distinctBytes} bytes of pages push nothing out of the cache`);
  } finally {
    await service.close();
  }
});

test("a service whose cache forgets the tenant is found out, or the test above would be void", async () => {
  const folder = createDataFolder();
  const { url: DATABASE_URL, ownerUrl: DATABASE_MIGRATE_URL } = await createTestDatabase();
  try {
    const NODE_OPTIONS = `--import ${new URL("forget-tenants.ts", import.meta.url).href}`;
    const service = await folder.start({ ...source.env, DATABASE_URL, DATABASE_MIGRATE_URL, NODE_OPTIONS });
    const { leaks } = await sendCanaryRequests({ url: service.url, token: folder.token, source, requests: 200 });
    assert.ok(leaks > 50, `${leaks} leaks were seen`);
  } finally {
    await folder.remove();
  }
});

test.run();
