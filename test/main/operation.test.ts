import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { decodeProtectedHeader } from "jose";
import { equal, is, ok } from "uvu/assert";
import { projectDir } from "../../src/main/paths.ts";
import { createShareKeys } from "../../src/share/share-keys.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";

const test = suite("what an operator changes");
const folder = await mkdtemp(join(tmpdir(), "operation-"));
const [keysFile, limitsFile] = [join(folder, "keys.json"), join(folder, "limits.json")];
await writeFile(keysFile, createShareKeys(new Uint8Array(32).fill(1)));
const rule = (burst: number) => ({ per_second: 1, burst });
await writeFile(limitsFile, JSON.stringify({ tenants: { small: { Render: rule(2), open_links: rule(1) } } }));
const service = await startTestService({
  SHARE_KEYS_FILE: keysFile,
  LIMITS_FILE: limitsFile,
  TRUSTED_PROXIES: "127.0.0.1",
  RATE_FAILED_TOKENS_PER_SECOND: "1",
});
for (const tenant of ["acme", "small"]) {
  await service.save(tenant, { dashboard_id: "empty", layout: {}, datasources: [] });
}

test.after(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

async function call(tenant: string, path: string, body: Record<string, string | number>) {
  return service.post(path, body, { authorization: `Bearer ${await service.token({ tenant })}` });
}

async function share(tenant: string): Promise<string> {
  const response = await call(tenant, "/share", { dashboard_id: "empty", expires_in_s: 3_600 });
  is(response.status, 200);
  const { url } = (await response.json()) as { url: string };
  return new URL(url).pathname;
}

const open = async (path: string) => (await fetch(service.url + path)).status;
const kidOf = (path: string) => decodeProtectedHeader(path.slice("/s/".length)).kid;

test("keys rotate while the service runs, and links of before open after it", async () => {
  const before = await share("acme");
  is(kidOf(before), "k1");
  const script = join(projectDir, "src/command/rotate-share-keys.ts");
  for (const args of [[], ["--now"]]) {
    await promisify(execFile)(process.execPath, [script, "--file", keysFile, ...args], { env: {} });
  }
  const endMs = Date.now() + 10_000;
  let after = await share("acme");
  for (; kidOf(after) !== "k2" && Date.now() < endMs; after = await share("acme")) await sleep(100);
  is(kidOf(after), "k2");
  equal([await open(before), await open(after)], [200, 200]);
});

test("a tenant has its own rates for calls and for links, and the others keep theirs", async () => {
  const render = async (tenant: string) => (await call(tenant, "/render", { dashboard_id: "empty" })).status;
  const link = await share("small");
  const other = await share("acme");
  const statuses = async (ask: () => Promise<number>) => Promise.all(Array.from({ length: 6 }, ask));
  ok((await statuses(() => render("small"))).includes(429));
  ok(!(await statuses(() => render("acme"))).includes(429));
  ok((await statuses(() => open(link))).includes(429));
  equal(await statuses(() => open(other)), [200, 200, 200, 200, 200, 200]);
});

test("tokens that fail are counted by IPv6 network, so that its addresses cannot take turns", async () => {
  const guess = async (from: string) => {
    const headers = { authorization: "Bearer guess", "x-forwarded-for": from };
    return (await service.post("/render", { dashboard_id: "empty" }, headers)).status;
  };
  const guesses = await Promise.all([1, 2, 3, 4, 5, 6].map((host) => guess(`2001:db8:1:1::${host}`)));
  ok(guesses.includes(429));
  is(await guess("2001:db8:1:2::1"), 401);
});

test.run();
