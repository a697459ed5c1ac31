import * as assert from "uvu/assert";
import { parseTenantArguments } from "../../src/command/tenant-arguments.ts";
import { UsageError } from "../../src/command/tenant-usage.ts";
import { suite } from "../harness.ts";

const test = suite("the arguments of the command for tenants");

const parse = (line: string) => parseTenantArguments(line === "" ? [] : line.split(" "));

test("each command is read with what it takes", () => {
  const limits = { name: "limits", tenant: "acme", json: false };
  const read: [string, unknown][] = [
    ["list", { name: "list", json: false }],
    ["list --json", { name: "list", json: true }],
    ["limits acme", { ...limits, quotas: undefined }],
    ["limits acme --json", { ...limits, quotas: undefined, json: true }],
    ["limits acme --dashboards 0", { ...limits, quotas: { dashboards: 0 } }],
    ["limits --dashboards 20 --bytes 1GiB acme", { ...limits, quotas: { dashboards: 20, bytes: 2 ** 30 } }],
    ["limits acme --default", { ...limits, quotas: "default" }],
    ["suspend acme", { name: "suspend", tenant: "acme" }],
    ["resume acme", { name: "resume", tenant: "acme" }],
    ["export acme --out a.gz", { name: "export", tenant: "acme", out: "a.gz" }],
    ["purge acme", { name: "purge", tenant: "acme", isConfirmed: false }],
    ["purge acme --yes-delete-everything-of acme", { name: "purge", tenant: "acme", isConfirmed: true }],
    ["--help", { name: "help" }],
    ["purge acme --help", { name: "help" }],
  ];
  for (const [line, command] of read) assert.equal(parse(line), command, line);
});

test("a size is bytes, or a number with a unit of 1024s", () => {
  const sizes: [string, number][] = [
    ["0", 0],
    ["17", 17],
    ["17B", 17],
    ["2KiB", 2048],
    ["1.5MiB", 1_572_864],
    ["1024TiB", 2 ** 50],
  ];
  for (const [text, bytes] of sizes)
    assert.equal(parse(`limits a --bytes ${text}`), {
      ...{ name: "limits", tenant: "a", json: false },
      quotas: { bytes },
    });
});

test("what is wrong is said, and what to do", () => {
  const wrong: [string, RegExp][] = [
    ["", /first argument is one of list, limits/],
    ["lits", /first argument is one of/],
    ["toString", /first argument is one of/],
    ["list acme", /list takes no tenant: limits shows/],
    ["limits", /limits takes one tenant/],
    ["suspend a b", /suspend takes one tenant/],
    ["suspend ../etc", /1 to 63 letters/],
    ["suspend acme --json", /Unknown option '--json'/],
    ["limits acme --dashboards -1", /--dashboards/],
    ["limits acme --dashboards 1e3", /whole number from 0 to 1000000/],
    ["limits acme --dashboards 1000001", /whole number from 0 to 1000000/],
    ["limits acme --bytes 1GB", /such as 500MiB/],
    ["limits acme --bytes 1025TiB", /up to 1024TiB/],
    ["limits acme --default --bytes 1", /--default goes without/],
    ["export acme", /--out FILE/],
    ["purge acme --yes-delete-everything-of acne", /repeat the tenant's name: nothing was deleted/],
  ];
  for (const [line, message] of wrong) {
    assert.throws(
      () => parse(line),
      (error: unknown) => error instanceof UsageError && message.test(error.message),
      line,
    );
  }
});

test.run();
