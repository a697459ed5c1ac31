import * as assert from "uvu/assert";
import { parseTime } from "../../src/definition/time.ts";
import { suite } from "../harness.ts";
import { failureOf } from "./failure-of.ts";
import {
  boundsOf,
  boundsOfMs,
  cert,
  connectTo,
  createWarehouse,
  inShort,
  listenByTls,
  toQuestion,
} from "./postgres-fixture.ts";

const test = suite("PostgreSQL source");

const warehouse = await createWarehouse();
const connector = connectTo(warehouse.address);
const connection = warehouse.connection();

test.after(async () => {
  await connector.close();
  await warehouse.close();
});

const ask = (query: string, values: Parameters<typeof toQuestion>[1] = {}, bounds = boundsOf()) =>
  connector.read(connection, toQuestion(query, values), bounds);
const ms = (text: string) => parseTime(text)!.epochMs;
const none = Number.NaN;

test("columns have the types of the server's", async () => {
  const frame = await ask(`
    select 1::smallint as s, -2 as i, 3::bigint as b, 4::oid as o, 1.50::numeric as n, 0.1::real as r, 0.1::float8 as d,
      true as t, 'word' as w, 'char'::char(6) as c, null as nothing, null::int as no_number,
      '{"a": 1.0}'::jsonb as j, interval '1 day 2 hours' as v, '\\x00ff'::bytea as y, '12.3'::money::text as m,
      '5f2b8f9e-3f0c-4c43-9d2b-0a6c1c9a1111'::uuid as u, time '12:30' as h, array['a', 'b'] as l`);
  assert.equal(inShort(frame), {
    ...{ s: ["number", [1]], i: ["number", [-2]], b: ["number", [3]], o: ["number", [4]], n: ["number", [1.5]] },
    ...{ r: ["number", [0.1]], d: ["number", [0.1]], t: ["boolean", [true]], w: ["string", ["word"]] },
    ...{ c: ["string", ["char  "]], nothing: ["string", [null]], no_number: ["number", [none]] },
    ...{ j: ["string", ['{"a": 1.0}']], v: ["string", ["1 day 02:00:00"]], y: ["string", ["\\x00ff"]] },
    ...{ m: ["string", ["$12.30"]], u: ["string", ["5f2b8f9e-3f0c-4c43-9d2b-0a6c1c9a1111"]] },
    ...{ h: ["string", ["12:30:00"]], l: ["string", ["{a,b}"]] },
  });
});

test("no digit of a number is lost: a column that a double does not hold is text", async () => {
  const frame = await ask(`
    select * from (values (1::bigint, 1.50, array[1, null]::bigint[], 1::float8),
      (9007199254740993, 0.12345678901234567890, array[9007199254740993], 'Infinity'), (null, 'NaN', null, 'NaN')
    ) t (big, exact, list, double)`);
  assert.equal(inShort(frame), {
    big: ["string", ["1", "9007199254740993", null]],
    exact: ["string", ["1.50", "0.12345678901234567890", null]],
    list: ["string", ["[1,null]", "[9007199254740993]", null]],
    double: ["number", [1, none, none]],
  });
});

test("arrays of numbers are lists, and text where they have more dimensions", async () => {
  const frame = await ask(`
    select array[1, 2.5, null] as n, '{}'::int[] as e, '[0:1]={7,8}'::int[] as o, array[[1, null], [3, 4]]::int[] as d,
      '{NaN,1e300}'::float8[] as f`);
  assert.equal(inShort(frame), {
    n: ["numbers", [[1, 2.5, none]]],
    e: ["numbers", [[]]],
    o: ["string", ["[7,8]"]],
    d: ["string", ["[[1,null],[3,4]]"]],
    f: ["numbers", [[none, 1e300]]],
  });
});

test("times are instants only where the server's type is, and are never rounded to a day or a zone", async () => {
  const frame = await ask(`
    select * from (values
      (timestamptz '2026-03-29 01:30:00.123456Z', timestamp '2026-03-29 02:30', date '2026-11-25'),
      ('0044-03-15 12:00:00+00 BC', '0099-01-02 03:04:05.5', '0001-01-01'),
      ('1800-06-01 12:00Z', '1969-12-31 23:59:59.999', '9999-12-31'),
      ('infinity', '-infinity', '10000-01-01'),
      (null, '294276-12-31', '4714-11-24 BC')
    ) t (instant, wall, day)`);
  assert.equal(inShort(frame), {
    instant: ["instant", [ms("2026-03-29T01:30:00.123Z") + 0.456, none, ms("1800-06-01T12:00Z"), none, none]],
    wall: ["time", [ms("2026-03-29T02:30"), ms("0099-01-02T03:04:05.5"), ms("1969-12-31T23:59:59.999"), none, none]],
    day: ["time", [ms("2026-11-25"), ms("0001-01-01"), ms("9999-12-31"), ms("9999-12-31") + 86_400_000, none]],
  });
});

test("values take the type that the query gives them", async () => {
  const at = { kind: "instant", epochMs: ms("2026-06-30T22:00:00.5Z") } as const;
  const day = { kind: "date", iso: "2026-07-01" } as const;
  const values = { w: 'it\'s \\ "so"', u: "5F2B8F9E-3f0c-4c43-9d2b-0a6c1c9a1111", n: 5, f: 1.5, yes: true };
  const frame = await ask(
    `select :n::int as i, :n::bigint as b, :f::numeric as n, :w::text as w, :yes::bool as t,
      timestamptz '2026-07-01 00:00:00.5+02' = :at as tz, timestamp '2026-07-01 00:00:00.5' = :wall as wall,
      date '2026-07-01' = :date as day, date '2026-07-01' = :day as same_day,
      timestamp '2026-07-01' = :start as day_starts, timestamptz '2026-06-30 22:00Z' = :here as day_starts_here,
      '5f2b8f9e-3f0c-4c43-9d2b-0a6c1c9a1111'::uuid = :u as u, 5 = :n and 5::bigint = :n and 1.5 = :f as same`,
    { ...values, at, wall: at, date: at, day, start: day, here: day },
  );
  const { columns } = frame;
  assert.equal(
    columns.map(({ values: [value] }) => value),
    [5, 5, 1.5, values.w, ...Array(9).fill(true)],
  );
});

test("an enum's column takes words, and its values are words", async () => {
  await warehouse.run("create type mood as enum ('sad', 'happy'); create table moods as select 'happy'::mood as m");
  await warehouse.run(`grant select on moods to ${warehouse.user}`);
  assert.equal(inShort(await ask("select m from moods where m = :m", { m: "happy" })), { m: ["string", ["happy"]] });
  assert.equal(inShort(await ask("select m from moods where m = any(:m)", { m: ["sad"] })), { m: ["string", []] });
  assert.is(
    await failureOf(ask("select m from moods\nwhere m = :m", { m: "x" })),
    "source_failed: a value does not fit its type (22P02)",
  );
});

test("lists are arrays, whatever is in them", async () => {
  const list = ["north", 'a "b" \\ {c},', "", "NULL", " ", "ä\n😀"];
  const frame = await ask("select * from unnest(:list::text[]) as each", { list });
  assert.equal(inShort(frame), { each: ["string", list] });
  const counts = await ask(
    `select (select count(*) from sales where region = any(:regions)) as words,
       (select count(*) from sales where id = any(:ids)) as numbers,
       (select count(*) from sales where at = any(:times)) as times,
       (select count(*) from sales where id = any(:none)) as none`,
    {
      ...{ regions: ["north", "x"], ids: [1, 2, 1000], none: [] },
      times: [{ kind: "instant", epochMs: ms("2026-01-01T01:00Z") }],
    },
  );
  assert.equal(inShort(counts), {
    words: ["number", [50]],
    numbers: ["number", [2]],
    times: ["number", [1]],
    none: ["number", [0]],
  });
});

test("clauses, limits and repeated names bind as they should", async () => {
  const query =
    "select id from sales where id > :from [[and region = :region]] and id > :from [[and id < :to]] order by id limit :n";
  const both = await ask(query, { n: 2, from: 10, region: "north", to: 50 });
  assert.equal(inShort(both), { id: ["number", [12, 14]] });
  assert.equal(inShort(await ask(query, { n: 2, from: 10, region: null })), { id: ["number", [11, 12]] });
});

test("days begin where the dashboard's do", async () => {
  const query =
    "select date_trunc('day', timestamptz '2026-11-25 23:30Z') as day, timestamptz '2026-11-25 23:30Z'::date as date";
  const berlin = inShort(await ask(query));
  assert.equal(berlin, { day: ["instant", [ms("2026-11-25T23:00Z")]], date: ["time", [ms("2026-11-26")]] });
  const utc = inShort(await ask(query, {}, boundsOf({ timezone: "UTC" })));
  assert.equal(utc, { day: ["instant", [ms("2026-11-25T00:00Z")]], date: ["time", [ms("2026-11-25")]] });
});

test("texts look the same whatever the role's own settings are", async () => {
  await warehouse.run(`
    alter role ${warehouse.user} set datestyle = 'German, DMY';
    alter role ${warehouse.user} set standard_conforming_strings = off;
    alter role ${warehouse.user} set extra_float_digits = 0`);
  try {
    const other = warehouse.connection({ name: "other" });
    const frame = await connector.read(
      other,
      toQuestion("select date '2026-02-01' as d, '\\' as s, 0.1::float8 + 0.2 as f"),
      boundsOf(),
    );
    assert.equal(inShort(frame), {
      d: ["time", [ms("2026-02-01")]],
      s: ["string", ["\\"]],
      f: ["number", [0.1 + 0.2]],
    });
  } finally {
    await warehouse.run(`alter role ${warehouse.user} reset all`);
  }
});

test("rows beyond the bound are left out, and the order is the query's", async () => {
  const query = "select g from generate_series(1, 11) g order by -g -- the last line";
  const cut = await ask(query, {}, boundsOf({ maxRows: 10 }));
  assert.equal([cut.length, cut.truncated, cut.columns[0]?.values[0]], [10, true, 11]);
  const whole = await ask(query, {}, boundsOf({ maxRows: 11 }));
  assert.equal([whole.length, whole.truncated], [11, false]);
});

test("bytes beyond the bound are left out, and a huge value never arrives", async () => {
  const bounds = boundsOf({ maxBytes: 10_000 });
  const some = await ask("select repeat('x', 1000) as t from generate_series(1, 12)", {}, bounds);
  assert.equal([some.length, some.truncated], [4, true]);
  const before = process.memoryUsage().rss;
  const huge = await ask("select repeat('x', 200000000) as t", {}, bounds);
  assert.equal([huge.length, huge.truncated, huge.columns[0]?.name], [0, true, "t"]);
  assert.ok(process.memoryUsage().rss - before < 100_000_000);
  assert.is((await ask("select 1 as n")).length, 1);
});

test("a query without rows has columns, one without columns has rows, and a name may come twice", async () => {
  assert.equal(inShort(await ask("select 1 as a, 'x' as b where false")), { a: ["number", []], b: ["string", []] });
  assert.equal(await ask("select from generate_series(1, 3)"), { columns: [], length: 3, truncated: false });
  assert.equal(
    (await ask("select 1 as a, 2 as a")).columns.map(({ name }) => name),
    ["a", "a"],
  );
});

const failures: readonly (readonly [query: string, failure: string])[] = [
  ["select *\nfrom nowhere", "source_failed: line 2: no such table (42P01)"],
  ["select\n\n'😀', nope\nfrom sales", "source_failed: line 3: no such column (42703)"],
  ["selec 1", "source_failed: line 1: there is a syntax error (42601)"],
  ["select 1 +", "source_failed: line 1: there is a syntax error (42601)"],
  ["select * from secrets", "source_failed: the role has no permission for what the query reads or calls (42501)"],
  ["select 1 where :x is null", "source_failed: the type of a parameter cannot be told: write `:name::type` (42P18)"],
  ["select 'word'::int", "source_failed: line 1: a value does not fit its type (22P02)"],
  ["select 1 / (id - id) from sales", "source_failed: there is a division by zero (22012)"],
  ["select pg_sleep(10)", "source_timeout: the query took too long (57014)"],
  [
    "select nextval('sales_id_seq')",
    "source_failed: the role has no permission for what the query reads or calls (42501)",
  ],
  ["select * from sales for update", "source_failed: the query would change something, and it may only read (25006)"],
];
for (const [query, failure] of failures) {
  test(`it says what is wrong with ${JSON.stringify(query)}`, async () => {
    assert.is(await failureOf(ask(query, { x: null }, boundsOf({ timeoutMs: 300 }))), failure);
  });
}

test("it says why it cannot log in", async () => {
  const probe = (where: Parameters<typeof warehouse.connection>[0]) =>
    failureOf(connector.probe(warehouse.connection(where), boundsOf()));
  const refused = "source_failed: the user or password is refused (28P01)";
  assert.is(await probe({ password: "wrong" }), refused);
  assert.is(await probe({ user: "nobody_at_all" }), refused);
  assert.is(await probe({ database: "nowhere" }), "source_failed: the database does not exist (3D000)");
  assert.is(await probe({ database: "a\0options\0-c role=x" }), "source_failed: no name holds a NUL");
  await connector.probe(connection, boundsOf());
});

test("the service's own password is given to nobody", async () => {
  process.env.PGPASSWORD = decodeURIComponent(new URL(warehouse.url).password);
  try {
    const work = connector.probe(warehouse.connection({ password: "" }), boundsOf());
    assert.match(await failureOf(work), /^source_failed: the user or password is refused/);
  } finally {
    delete process.env.PGPASSWORD;
  }
});

test("a superuser's session is not used", async () => {
  const { username, password } = new URL(warehouse.superuserUrl);
  const superuser = warehouse.connection({ user: username, password: decodeURIComponent(password), name: "super" });
  const words =
    "source_failed: the role is a superuser: use one that owns nothing and may only read what dashboards show";
  assert.is(await failureOf(connector.probe(superuser, boundsOf())), words);
  assert.is(await failureOf(connector.read(superuser, toQuestion("select 1"), boundsOf())), words);
});

test("sessions are kept for the connection's revision alone", async () => {
  const pidOf = async (where: Parameters<typeof warehouse.connection>[0]) => {
    const frame = await connector.read(
      warehouse.connection({ name: "kept", ...where }),
      toQuestion("select pg_backend_pid() as pid"),
      boundsOf(),
    );
    return frame.columns[0]!.values[0];
  };
  const first = await pidOf({});
  assert.is(await pidOf({}), first);
  assert.is.not(await pidOf({ tenant: "other" }), first);
  assert.is.not(await pidOf({ revision: 2 }), first);
  // The earlier revision's was ended.
  assert.is.not(await pidOf({ revision: 1 }), first);
});

test("only a few sessions are kept", async () => {
  const own = warehouse.connection({ name: "many" });
  const before = new Set((await warehouse.sessions()).map(({ pid }) => pid));
  await Promise.all(
    Array.from({ length: 11 }, () => connector.read(own, toQuestion("select pg_sleep(0.1)"), boundsOf())),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  const after = (await warehouse.sessions()).filter(({ pid }) => !before.has(pid));
  assert.is(after.length, 8);
  assert.equal([...new Set(after.map(({ state }) => state))], ["idle"]);
});

test("nothing that a query does to its session is there for the next", async () => {
  const own = warehouse.connection({ name: "clean" });
  const read = (query: string) => connector.read(own, toQuestion(query), boundsOf());
  const look = `
    select pg_backend_pid() as pid, current_setting('statement_timeout') as timeout, current_setting('my.own', true) as own,
      (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks,
      (select count(*) from pg_prepared_statements) as prepared, current_user as role`;
  const before = inShort(await read(look));
  await read(`
    select set_config('statement_timeout', '0', false), set_config('my.own', 'x', false), pg_advisory_lock(7),
      set_config('search_path', 'nowhere', false), pg_notify('x', 'y')`);
  const after = inShort(await read(look));
  assert.equal(after, { ...before, own: ["string", [""]] });
  assert.equal(after.prepared, ["number", [0]]);
  assert.is((await read("select * from sales")).length, 100);
});

test("TLS is held to the host's name and to the authority", async () => {
  const listener = await listenByTls(warehouse.address);
  const secure = connectTo(listener.address);
  const probe = (where: Parameters<typeof warehouse.connection>[0]) =>
    secure.probe(warehouse.connection({ tls: "on", ...where }), boundsOf());
  try {
    await probe({ caCertificate: cert });
    const frame = await secure.read(
      warehouse.connection({ tls: "", caCertificate: cert }),
      toQuestion("select * from sales"),
      boundsOf(),
    );
    assert.is(frame.length, 100);
    assert.is(
      await failureOf(probe({})),
      "source_failed: the certificate is not of an authority that is believed: ca_certificate can name one",
    );
    assert.is(
      await failureOf(probe({ caCertificate: cert, host: "other.test" })),
      "source_failed: the certificate is for another host",
    );
    assert.is(
      await failureOf(probe({ caCertificate: cert, host: "127.0.0.1" })),
      "source_failed: the certificate is for another host",
    );
    assert.is(
      await failureOf(probe({ caCertificate: "nonsense" })),
      "source_failed: ca_certificate holds no certificate",
    );
    assert.is(
      await failureOf(connector.probe(warehouse.connection({ tls: "on" }), boundsOf())),
      "source_failed: the server offers no TLS",
    );
    assert.is(
      await failureOf(
        secure.read(
          warehouse.connection({ tls: "on", caCertificate: cert }),
          toQuestion("select pg_sleep(9)"),
          boundsOfMs(300),
        ),
      ),
      "source_timeout: there was no answer in time",
    );
  } finally {
    await secure.close();
    await listener.close();
  }
});

test.run();
