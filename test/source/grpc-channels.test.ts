import { mock } from "node:test";
import * as assert from "uvu/assert";
import { createGrpcChannels } from "../../src/source/grpc/channels.ts";
import { suite } from "../harness.ts";
import { connectionTo } from "./grpc-service.ts";

const test = suite("gRPC channels");

test("a channel is kept for as long as it is used each minute", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const channels = createGrpcChannels(async (host, port) => ({ host: "127.0.0.1", port: port || host.length }));
    const first = await channels.open(connectionTo(1));
    mock.timers.tick(59_000);
    assert.is(await channels.open(connectionTo(1)), first);
    mock.timers.tick(59_000);
    assert.is(await channels.open(connectionTo(1)), first);
    mock.timers.tick(61_000);
    assert.is.not(await channels.open(connectionTo(1)), first);
    channels.close();
  } finally {
    mock.timers.reset();
  }
});

test("of more than 256 channels, the one that was used least recently is closed", async () => {
  const channels = createGrpcChannels(async () => ({ host: "127.0.0.1", port: 1 }));
  const open = (revision: number) => channels.open(connectionTo(1, { revision }));
  const first = await open(1);
  const second = await open(2);
  for (let revision = 3; revision <= 256; revision += 1) await open(revision);
  assert.is(await open(1), first);
  await open(257);
  assert.is(await open(1), first);
  assert.is.not(await open(2), second);
  channels.close();
});

test("a name is resolved once for each channel, and again after it was dropped", async () => {
  let resolved = 0;
  const channels = createGrpcChannels(async (_, port) => {
    resolved += 1;
    return { host: "127.0.0.1", port };
  });
  const [one, other] = await Promise.all([channels.open(connectionTo(1)), channels.open(connectionTo(1))]);
  assert.is(one, other);
  assert.is(await channels.open(connectionTo(1)), one);
  const before = resolved;
  channels.drop(one, true);
  assert.is.not(await channels.open(connectionTo(1)), one);
  assert.is(resolved, before + 1);
  channels.close();
});

test("the port is the one that TLS has by default, or 80 without it", async () => {
  const ports: number[] = [];
  const channels = createGrpcChannels(async (_, port) => {
    ports.push(port);
    return { host: "127.0.0.1", port };
  });
  for (const tls of ["", "on", "off"]) {
    const { kind, ...connection } = connectionTo(1, { tls, name: `tls ${tls}` });
    const { port: _, ...value } = kind.value;
    await channels.open({ ...connection, kind: { ...kind, value } });
  }
  assert.equal(ports, [443, 443, 80]);
  channels.close();
});

test.run();
