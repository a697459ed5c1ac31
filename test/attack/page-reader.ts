import { readFileSync } from "node:fs";
import type { Browser, Page, Route } from "playwright-core";
import { launchChromium } from "../browser/chromium.ts";
import { publicOrigin } from "./environment.ts";
import type { ParsedPage } from "./parsed-page.ts";

/** What happened in a page that was opened, and used. */
type PageVisit = {
  /** How often the page's script called `__xss`, in whatever frame or window. */
  readonly calls: number;
  readonly dialogs: number;
  /** Addresses of other origins that it asked for by itself, before anything was clicked. */
  readonly foreign: readonly string[];
};

/** Chromium, as what reads and runs pages. */
export type PageReader = {
  /** Parses a page as browsers do, without running it. */
  parse(html: string): Promise<ParsedPage>;
  /** Opens a page, or a part of one on a host's, without the policy that it came with, and clicks whatever can be clicked. */
  visit(html: string, assets: (path: string) => Promise<Asset>): Promise<PageVisit>;
};

/** A file of the service. */
export type Asset = { readonly contentType: string; readonly body: Buffer };

const parser = readFileSync(new URL("page-parse.js", import.meta.url), "utf8").replace(/;\s*$/, "");

const user = readFileSync(new URL("page-use.js", import.meta.url), "utf8");

let started: Promise<{ readonly browser: Browser; readonly reader: PageReader }> | undefined;

/** Returns the one reader of this process, which starts when it is first asked for. */
export async function openPageReader(): Promise<PageReader> {
  started ??= launchChromium().then(async (browser) => ({ browser, reader: await createReader(browser) }));
  return (await started).reader;
}

/** Ends it, where it was started. */
export async function closePageReader(): Promise<void> {
  const there = await started?.catch(() => undefined);
  started = undefined;
  await there?.browser.close();
}

/** What is seen of the page that is open now. */
type Watch = {
  readonly html: string;
  readonly assets: (path: string) => Promise<Asset>;
  readonly foreign: string[];
  calls: number;
  dialogs: number;
  /** Whether something has been clicked: what is asked for from then on is the reader's wish. */
  isUsed: boolean;
};

async function createReader(browser: Browser): Promise<PageReader> {
  const parsing = await browser.newPage();
  const context = await browser.newContext({ bypassCSP: true });
  let watch: Watch | undefined;
  await context.exposeBinding("__xss", () => {
    if (watch !== undefined) watch.calls += 1;
  });
  context.on("dialog", (dialog) => {
    if (watch !== undefined) watch.dialogs += 1;
    dialog.dismiss().catch(() => {});
  });
  await context.route("**/*", (route) => answer(route, watch));
  const page = await context.newPage();
  return {
    parse: once((html) =>
      parsing.evaluate<ParsedPage>(`(${parser})(${JSON.stringify({ html, origin: publicOrigin })})`),
    ),
    visit: once(async (html, assets) => {
      const own: Watch = { html, assets, foreign: [], calls: 0, dialogs: 0, isUsed: false };
      watch = own;
      await page.goto(pageAddress, { waitUntil: "load", timeout: 5_000 }).catch(() => {});
      await page.waitForTimeout(settleMs);
      own.isUsed = true;
      await use(page);
      await page.waitForTimeout(settleMs);
      for (const popup of context.pages()) if (popup !== page) await popup.close();
      watch = undefined;
      return { calls: own.calls, dialogs: own.dialogs, foreign: own.foreign };
    }),
  };
}

/** Several properties of a case ask about the same page. */
function once<T, Rest extends unknown[]>(read: (html: string, ...rest: Rest) => Promise<T>) {
  let last: { readonly html: string; readonly result: Promise<T> } | undefined;
  return (html: string, ...rest: Rest) => {
    if (last?.html !== html) last = { html, result: read(html, ...rest) };
    return last.result;
  };
}

/** An animation, a toggle or an error of an image comes within it. */
const settleMs = 40;

/** Without TLS, so that what it asks for without is not held back. */
const hostOrigin = "http://host.attack.test";

const pageAddress = `${hostOrigin}/attacked`;

/** Nothing gets out: what a page asks for comes from here, or does not come. */
async function answer(route: Route, watch: Watch | undefined): Promise<void> {
  const request = route.request();
  const url = request.url();
  const isPage = request.isNavigationRequest() && request.frame().parentFrame() === null;
  if (watch !== undefined && url === pageAddress && isPage && !watch.isUsed) {
    return route.fulfill({ contentType: "text/html; charset=utf-8", body: wholePage(watch.html) });
  }
  const isOwn = [publicOrigin, hostOrigin].some((origin) => url.startsWith(`${origin}/`));
  if (watch?.isUsed === false && !isOwn) watch.foreign.push(url);
  if (watch !== undefined && url.startsWith(`${publicOrigin}/assets/`)) {
    const asset = await watch.assets(new URL(url).pathname).catch(() => undefined);
    if (asset === undefined) return route.abort();
    return route.fulfill({ ...asset, headers: { "access-control-allow-origin": "*" } });
  }
  // A page that is left is one that cannot be used any more.
  return request.isNavigationRequest() ? route.fulfill({ status: 204 }) : route.abort();
}

function wholePage(html: string): string {
  return /^\s*<!doctype/i.test(html) ? html : `<!doctype html><meta charset="utf-8"><body>${html}</body>`;
}

/** Moves over the page, and clicks and focuses what there is to click and to focus. */
async function use(page: Page): Promise<void> {
  await page.mouse.move(200, 200);
  await page.evaluate(user).catch(() => {});
}
