import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { createDataFolder, follow, type ServiceProcess } from "../process.ts";
import { codesOf, parseSections, readDocument } from "./markdown.ts";
import { createProjectFolder, terminalEnv } from "./project-folder.ts";
import { openShell } from "./shell.ts";

/** Who follows a tutorial, in a folder that looks like the project's, whose state is its own. */
export type Reader = {
  readonly folder: string;
  /** Where the service listens, once it was started. */
  readonly url: string;
  /** Where the command that was started last serves a page. */
  pageUrl(): string;
  /** Whether there is a page that follows a file. */
  isWatching(): boolean;
  /** Titles of the panels in the file of a definition that was written last. */
  panelTitles(): readonly string[];
  /** Runs a block of commands, and returns what it says; of one that goes on, what it says until it waits. */
  run(commands: string): Promise<string>;
  /** Writes a block to the file that the text before it names, as it says: whole, at the end, or in the place of a text. */
  write(told: string, text: string): void;
  close(): Promise<void>;
};

/** What npx finds, without the second that it takes to find it: of the real one, commands.test.ts has a word. */
const npx = 'npx() { case $1 in dashboards) shift; node src/cli/main.ts "$@" ;; *) "$@" ;; esac }';

/** Begins to follow. */
export async function openReader(): Promise<Reader> {
  const data = createDataFolder();
  const folder = createProjectFolder();
  symlinkSync(data.path, join(folder, ".data"));
  const env = { ...terminalEnv, DATA_DIR: data.path };
  const shell = openShell(folder, env);
  await shell.run(npx);

  let service: Started | undefined;
  let other: Started | undefined;
  let url = "";
  let file = "";
  process.once("exit", cutDown);

  return {
    folder,
    get url() {
      return url;
    },
    pageUrl: () => /http:\S+/.exec(other?.output() ?? "")?.[0] ?? "",
    isWatching: () => other?.command.includes("--watch") ?? false,
    panelTitles: () => parse(readFileSync(join(folder, file), "utf8")).layout.panels.map(({ title }: Titled) => title),
    async run(text) {
      // It ends when the reader goes on, by Ctrl-C. The service has a terminal of its own.
      await interrupt(other);
      other = undefined;
      // The packages are there: this test runs with them, and so do all others.
      const commands = text
        .replace(/^npm ci\n/, "")
        .replaceAll(/(?<=127\.0\.0\.1):8080/g, () => `:${new URL(url).port}`);
      if (commands.startsWith("npm start")) {
        service = start(commands, { PORT: "0" });
        url = await service.url;
        await shell.run(`export DASHBOARDS_URL=${url}`);
        return service.output();
      }
      if (/--watch|host\.mjs/.test(commands)) {
        if (commands.includes("host.mjs")) writeHost();
        const { output: token } = await shell.run('printf %s "$DASHBOARDS_TOKEN"');
        other = start(commands, { PORT: "0", DASHBOARDS_URL: url, DASHBOARDS_TOKEN: token });
        return settled(other);
      }
      const { output, code } = await shell.run(commands);
      if (code !== 0) throw new Error(`exit code ${code} of:\n${commands}\n${output}`);
      return output;
    },
    write(told, text) {
      const paragraph = told.trimEnd().split("\n\n").at(-1)!;
      file = codesOf(paragraph).findLast((code) => /\.(csv|yaml|mjs)$/.test(code))!;
      const path = join(folder, file);
      const [, old] = /in the place of `([^`]+)`/.exec(paragraph) ?? [];
      if (paragraph.includes("at the end of")) appendFileSync(path, text);
      else if (old === undefined) writeFileSync(path, text);
      else writeFileSync(path, replaced(readFileSync(path, "utf8"), `${old}\n`, text));
    },
    async close() {
      await interrupt(other);
      await interrupt(service);
      await shell.close();
      await data.remove();
      rmSync(folder, { recursive: true, force: true });
      process.off("exit", cutDown);
    },
  };

  function start(command: string, more: Record<string, string>): Started {
    // A group of its own, as a terminal makes it, which Ctrl-C reaches whole.
    const child = spawn("bash", ["--norc", "-c", `exec 2>&1\n${npx}\n${command}`], {
      cwd: folder,
      env: { ...env, ...more },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    return Object.assign(follow(child), { child, command });
  }

  /** The two files of docs/embed.md, with the tutorial's dashboard. */
  function writeHost(): void {
    const [server, script] = ["The page's server", "The page's script"].map(
      (title) =>
        parseSections(readDocument("docs/embed.md")).find((section) => section.title === title)!.blocks[0]!.text,
    );
    writeFileSync(join(folder, "my-dashboards/host.mjs"), replaced(server!, "ops_overview", "sales"));
    writeFileSync(join(folder, "my-dashboards/page.js"), script!);
  }

  function cutDown(): void {
    for (const started of [service, other]) if (started !== undefined) signalGroup(started.child, "SIGKILL");
  }
}

type Titled = { readonly title: string };
type Started = ServiceProcess & { readonly child: ChildProcess; readonly command: string };

/** Waits until a command that serves a page says nothing more, and returns what it has said. */
async function settled({ child, output, command }: Started): Promise<string> {
  const isReady = () => (command.includes("--watch") ? /^watching .*\n/m : /\n/).test(output());
  while (!isReady()) {
    if (child.exitCode !== null) throw new Error(`it has ended: ${command}\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return output();
}

async function interrupt(started: Started | undefined): Promise<void> {
  if (started === undefined || started.child.exitCode !== null) return;
  const closed = once(started.child, "close");
  signalGroup(started.child, "SIGINT");
  await closed;
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid!, signal);
  } catch {
    // It has ended.
  }
}

function replaced(text: string, old: string, by: string): string {
  if (!text.includes(old)) throw new Error(`there is no ${old}`);
  return text.replace(old, () => by);
}
