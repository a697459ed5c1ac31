import type { RequestListener } from "node:http";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { equal, is, ok, throws } from "uvu/assert";
import { createFixedJwks, createRemoteJwks } from "../../src/auth/jwks.ts";
import { suite } from "../harness.ts";
import { faultOf } from "./expect-fault.ts";
import { down, hanging, keySet, startJwksServer } from "./jwks-server.ts";
import { createTestAuthenticator, createTestLog, mint, nowS, otherRsa, publicJwk, rs256, rsa } from "./tokens.ts";

const test = suite("an issuer's keys");

const r1 = publicJwk(rsa.publicKey, "r1");
const r2 = publicJwk(otherRsa.publicKey, "r2");
let serial = 0;
/** Each token is another one, so that none is believed from before. */
const byR1 = () => `Bearer ${mint({ claims: { jti: serial++ } })}`;
const byR2 = () =>
  `Bearer ${mint({ header: { kid: "r2" }, claims: { jti: serial++ }, signer: rs256(otherRsa.privateKey) })}`;

async function start(answer: RequestListener, timeoutMs = 200) {
  const server = await startJwksServer(answer);
  const clock = { ms: nowS * 1000 };
  const now = () => clock.ms;
  const { log, lines } = createTestLog();
  const keys = createRemoteJwks({ url: server.url, now, log, timeoutMs });
  const authenticate = createTestAuthenticator({ keys, now: () => nowS * 1000 });
  const statusOf = (header: string) =>
    Promise.try(() => authenticate(header)).then(
      () => 200,
      (error) => faultOf(() => Promise.reject(error)).then(({ status }) => status),
    );
  return { server, clock, lines, authenticate, statusOf };
}

const defects: Record<string, RequestListener> = {
  down,
  hanging,
  "hanging in the middle of an answer": (_, response) => {
    response.write('{"keys":[');
  },
  "answering 500": (_, response) => {
    response.writeHead(500).end(JSON.stringify({ keys: [r1] }));
  },
  "answering 500 without an end": (_, response) => {
    response.writeHead(500).write("x");
  },
  "answering HTML": (_, response) => {
    response.end("<html>maintenance</html>");
  },
  "answering no keys": keySet(),
  "answering another shape": (_, response) => {
    response.end('{"keys":{"r1":1}}');
  },
  "answering null": (_, response) => {
    response.end("null");
  },
  "answering an encoded set": (_, response) => {
    response.setHeader("content-encoding", "gzip").end(gzipSync(JSON.stringify({ keys: [r1] })));
  },
};
for (const [what, answer] of Object.entries(defects)) {
  test(`an issuer ${what} from the start answers 503, is asked four times a second, and the next call waits for it to be well`, async () => {
    const { server, authenticate, statusOf, lines } = await start(answer);
    try {
      const before = Date.now();
      const answered = await faultOf(() => authenticate(byR1()));
      ok(Date.now() - before < 1_000);
      equal([answered.status, answered.body.error, answered.retryAfterS], [503, "dependency_down", 5]);
      const many = await Promise.all(Array.from({ length: 20 }, () => statusOf(byR1())));
      equal([...new Set(many)], [503]);
      is(lines.length, 2, "whoever has no token that is valid may have written as much as they like to");
      server.answer = keySet(r1);
      is(await statusOf(byR1()), 200);
    } finally {
      await server.close();
    }
  });
}

test("nobody listening answers 503", async () => {
  const { server, statusOf } = await start(down);
  await server.close();
  is(await statusOf(byR1()), 503);
});

test("an answer of 100 MB is cut off early", async () => {
  let sent = 0;
  const chunk = Buffer.alloc(64 * 1024, " ");
  function* chunks() {
    for (; sent < 100_000_000; sent += chunk.length) yield chunk;
  }
  const { server, statusOf } = await start((_, response) => {
    Readable.from(chunks()).pipe(response);
  });
  try {
    is(await statusOf(byR1()), 503);
    ok(sent < 20_000_000, `${sent} bytes were sent`);
  } finally {
    await server.close();
  }
});

test("a redirect is not followed", async () => {
  const target = await startJwksServer(keySet(r1));
  const { server, statusOf } = await start((_, response) => {
    response.writeHead(302, { location: target.url.href }).end();
  });
  try {
    is(await statusOf(byR1()), 503);
    is(target.requests, 0);
  } finally {
    await Promise.all([server.close(), target.close()]);
  }
});

test("a token of an unknown issuer costs no request", async () => {
  const { server, statusOf } = await start(keySet(r1));
  try {
    is(await statusOf(`Bearer ${mint({ claims: { iss: "https://evil.test" } })}`), 401);
    is(server.requests, 0);
  } finally {
    await server.close();
  }
});

test("200 tokens at once are one request", async () => {
  // To sign and verify them takes this process a while, in which it reads no answer.
  const { server, statusOf } = await start(keySet(r1), 10_000);
  try {
    const statuses = await Promise.all(Array.from({ length: 200 }, () => statusOf(byR1())));
    ok(statuses.every((status) => status === 200));
    is(server.requests, 1);
  } finally {
    await server.close();
  }
});

test("a new key works at once, its first tokens together; the key that went is refused", async () => {
  const { server, statusOf } = await start(keySet(r1));
  try {
    is(await statusOf(byR1()), 200);
    server.answer = keySet(r2);
    equal(await Promise.all([byR2(), byR2(), byR2()].map(statusOf)), [200, 200, 200]);
    is(server.requests, 2);
    is(await statusOf(byR1()), 401);
  } finally {
    await server.close();
  }
});

test("a key that went is refused after ten minutes also if no new one is asked for", async () => {
  const { server, clock, statusOf } = await start(keySet(r1));
  try {
    is(await statusOf(byR1()), 200);
    server.answer = keySet(r2);
    clock.ms += 599_999;
    is(await statusOf(byR1()), 200);
    clock.ms += 1;
    is(await statusOf(byR1()), 401);
  } finally {
    await server.close();
  }
});

test("made-up key names cost one request in 30 seconds, and answer 401", async () => {
  const { server, clock, statusOf } = await start(keySet(r1));
  const madeUp = () => `Bearer ${mint({ header: { kid: `made-up-${serial++}` } })}`;
  try {
    for (let i = 0; i < 50; i++) is(await statusOf(madeUp()), 401);
    is(server.requests, 2);
    clock.ms += 30_000;
    equal(await Promise.all(Array.from({ length: 50 }, () => statusOf(madeUp()))), Array(50).fill(401));
    is(server.requests, 3);
  } finally {
    await server.close();
  }
});

for (const [what, answer] of Object.entries(defects)) {
  test(`the last good keys stay while the issuer is ${what}, for hours`, async () => {
    const { server, clock, statusOf } = await start(keySet(r1));
    try {
      is(await statusOf(byR1()), 200);
      server.answer = answer;
      clock.ms += 4 * 3_600_000;
      equal(await Promise.all([byR1(), byR1(), byR1()].map(statusOf)), [200, 200, 200]);
      is(await statusOf(byR1()), 200);
      is(server.requests, 2);
      is(await statusOf(byR2()), 503, "an unknown key may be a new one, which nobody can say");
      server.answer = keySet(r1, r2);
      clock.ms += 2_000;
      while ((await statusOf(byR2())) !== 200) await new Promise((resolve) => setTimeout(resolve, 5));
      is(server.requests, 3);
    } finally {
      await server.close();
    }
  });
}

test("a hanging issuer delays only the call that finds the keys old", async () => {
  const { server, clock, statusOf } = await start(keySet(r1));
  try {
    await statusOf(byR1());
    server.answer = hanging;
    clock.ms += 600_000;
    const finder = statusOf(byR1());
    const before = Date.now();
    is(await statusOf(byR1()), 200);
    ok(Date.now() - before < 150);
    is(await finder, 200);
  } finally {
    await server.close();
  }
});

test("an issuer that goes on hanging delays nobody more, whatever a token asks for", async () => {
  const { server, clock, statusOf } = await start(keySet(r1));
  try {
    await statusOf(byR1());
    server.answer = hanging;
    is(await statusOf(byR2()), 503);
    for (const ms of [2_000, 600_000]) {
      clock.ms += ms;
      const before = Date.now();
      equal(await Promise.all([byR1(), byR2(), byR1(), byR2()].map(statusOf)), [200, 503, 200, 503]);
      ok(Date.now() - before < 150);
    }
  } finally {
    await server.close();
  }
});

test("a clock that is set back does not stop keys from being read", async () => {
  const { server, clock, statusOf } = await start(keySet(r1));
  try {
    is(await statusOf(byR2()), 401);
    clock.ms -= 3_600_000;
    server.answer = keySet(r1, r2);
    is(await statusOf(byR2()), 200);
  } finally {
    await server.close();
  }
});

test("a set of keys from a file must be one", () => {
  for (const json of [null, [], {}, { keys: {} }, { keys: [] }, "keys"]) throws(() => createFixedJwks(json));
});

test.run();
