import { randomBytes } from "node:crypto";
import * as assert from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import { openStore } from "../../src/store/store.ts";
import { suite } from "../harness.ts";
import { createTestDatabase, onConnection } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: the role that production logs in as");
const database = await createTestDatabase();
const login = `dash_test_${process.pid}_${randomBytes(4).toString("hex")}`;
const url = Object.assign(new URL(database.url), { username: login, password: "x" }).href;
const owner = new URL(database.ownerUrl).username;

const asSuperuser = (statement: string) => onConnection(database.superuserUrl, ({ sql }) => sql.unsafe(statement));

await asSuperuser(`create role ${login} login password 'x'; grant dash_app to ${login}`);
await asSuperuser(`grant connect on database ${new URL(url).pathname.slice(1)} to ${login}`);
test.after(async () => {
  await asSuperuser(`drop owned by ${login}; drop role ${login}`);
});

const options = { url, migrateUrl: database.ownerUrl, dataDir: "", log: createLog("silent") };
const open = async (strict: boolean) => (await openStore({ ...options, strict })).close();

test("one that owns nothing and was granted the service's role is taken", () => open(true));

const refused: Record<string, readonly [make: string, undo: string, told: RegExp]> = {
  "a superuser": [`alter role ${login} superuser`, `alter role ${login} nosuperuser`, /is a superuser: .*nosuperuser/],
  "one that bypasses row security": [
    `alter role ${login} bypassrls`,
    `alter role ${login} nobypassrls`,
    /bypasses row security: .*nobypassrls/,
  ],
  "one that may make roles": [
    `alter role ${login} createrole`,
    `alter role ${login} nocreaterole`,
    /may make and grant roles: .*nocreaterole/,
  ],
  "one that owns a table": [
    `create table theirs (); alter table theirs owner to ${login}`,
    "drop table theirs",
    /owns the database or tables/,
  ],
  "a member of the owner": [`grant ${owner} to ${login}`, `revoke ${owner} from ${login}`, /is a member of a role/],
  "one that may become one that bypasses row security": [
    `create role ${login}_more bypassrls; grant ${login}_more to ${login}`,
    `drop role ${login}_more`,
    /is a member of a role/,
  ],
};

for (const [what, [make, undo, told]] of Object.entries(refused)) {
  test(`${what} is refused in production, saying what to change, and taken in development`, async () => {
    await asSuperuser(make);
    try {
      const { message } = (await refusalOf(open(true))).body;
      assert.match(message, /^the role that DATABASE_URL logs in as /);
      assert.match(message, told);
      assert.not.match(message, login);
      await open(false);
    } finally {
      await asSuperuser(undo);
    }
  });
}

test("the owner itself, in place of a login of its own, is refused", async () => {
  await asSuperuser(`grant dash_app to ${owner}`);
  try {
    const { message } = (await refusalOf(openStore({ ...options, url: database.ownerUrl, strict: true }))).body;
    assert.match(message, /owns the database or tables/);
  } finally {
    await asSuperuser(`revoke dash_app from ${owner}`);
  }
});

test.run();
