import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { equal, is } from "uvu/assert";
import { loadTenantRates } from "../../src/main/tenant-rates.ts";
import { suite } from "../harness.ts";

const test = suite("the file of tenants' rates");
const folder = await mkdtemp(join(tmpdir(), "rates-"));
const file = join(folder, "limits.json");
test.after(() => rm(folder, { recursive: true }));

const messageOf = () =>
  loadTenantRates(file).then(
    () => "taken",
    ({ message }: Error) => message,
  );

test("no file is no rates", async () => {
  is((await loadTenantRates(undefined)).size, 0);
});

test("it may name the service's methods", async () => {
  await writeFile(file, JSON.stringify({ tenants: { acme: { SaveDefinition: { per_second: 1, burst: 5 } } } }));
  const rates = await loadTenantRates(file);
  equal(rates.get("acme")?.get("SaveDefinition"), { perSecond: 1, burst: 5 });
});

test("each line of what is wrong names the variable", async () => {
  const rule = { per_second: 0, burst: 1 };
  await writeFile(file, JSON.stringify({ tenants: { acme: { Render: rule }, "-": { Share: rule } } }));
  equal((await messageOf()).split("\n"), [
    "LIMITS_FILE: tenants.acme.Render.per_second must be a whole number from 1 to 1000000",
    "LIMITS_FILE: tenants.- cannot be a tenant: see the pattern of their names",
    "LIMITS_FILE: tenants.-.Share.per_second must be a whole number from 1 to 1000000",
  ]);
});

test("a file that is not there is said", async () => {
  await rm(file);
  is(await messageOf(), `LIMITS_FILE: ENOENT: no such file or directory, open '${file}'`);
});

test.run();
