import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { createCodeCache } from "./code-cache.ts";
import { takePreviousRelease } from "./previous-release.ts";
import { runUpgradeDrill } from "./upgrade-drill.ts";

/** An upgrade and a roll-back, once and briefly; `npm run -s upgrade` does it at length. */
const test = suite("upgrading");
const name =
  "the previous and this release share a database under load, forward and back, with no error, and lose nothing";
const previous = await takePreviousRelease();

if ("reason" in previous) test.skip(name, previous.reason);
else {
  test.after(previous.remove);
  test(name, async () => {
    const { saves, calls, reads, problems } = await runUpgradeDrill({
      previous: previous.folder,
      rounds: 1,
      holdMs: 500,
      env: createCodeCache(),
      progress: () => {},
    });
    assert.equal([...calls.problems.slice(0, 5), ...saves.problems.slice(0, 5), ...problems], []);
    const { lost, half, doubled, replays, acknowledged } = saves;
    assert.equal({ lost, half, doubled, replays }, { lost: 0, half: 0, doubled: 0, replays: acknowledged });
    for (const [kind, count] of Object.entries({ acknowledged, ...reads })) assert.ok(count > 10, `${count} ${kind}`);
    console.log(`${calls.answers} answers, ${acknowledged} saves`);
  });
}

test.run();
