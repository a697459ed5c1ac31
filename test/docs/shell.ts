import { spawn } from "node:child_process";
import { once } from "node:events";

/** A shell that goes on from one block of a document to the next, as a reader's terminal does. */
export type Shell = {
  /** Runs commands, and returns what they wrote, on both outputs, and the exit code of the last one. */
  run(commands: string): Promise<{ readonly output: string; readonly code: number }>;
  /** Ends it, and resolves when it has. */
  close(): Promise<void>;
};

/** What stands alone in a line after a block's output, with the exit code. */
const mark = "--- this block has ended";

/** Opens bash in a folder, with this environment and nothing of the tests' own. */
export function openShell(cwd: string, env: Readonly<Record<string, string>>): Shell {
  const shell = spawn("bash", ["--norc", "--noprofile"], { cwd, env, stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(shell, "close");
  let text = "";
  let look = () => {};
  shell.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    look();
  });
  shell.stdin.write("exec 2>&1\n");
  return {
    async run(commands) {
      const ended = Promise.withResolvers<{ output: string; code: number }>();
      look = () => {
        const at = new RegExp(`\\n${mark} (\\d+)\\n$`).exec(text);
        if (at === null) return;
        ended.resolve({ output: text.slice(0, at.index), code: Number(at[1]) });
        text = "";
      };
      void closed.then(() => ended.reject(new Error(`the shell ended in:\n${commands}\n${text}`)));
      // Of its own input nothing is left to what it runs, which would read on where the shell should.
      shell.stdin.write(`{\n${commands}\n} < /dev/null\nprintf '\\n%s %s\\n' '${mark}' $?\n`);
      return ended.promise;
    },
    async close() {
      shell.stdin.end();
      await closed;
    },
  };
}
