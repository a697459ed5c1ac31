import { all } from "./element.ts";
import { fire, listenToClicks } from "./events.ts";
import { listenToFilters, showControls } from "./filters.ts";
import { readIsland } from "./island.ts";
import { type PanelState, upgradePanel } from "./panel.ts";
import { parseFragment } from "./trusted.ts";
import { takeOver } from "./update.ts";

/** Lets a fragment refresh itself if it is time. To be called about every second while it is on the page. */
export type Tick = () => void;

/** However short-lived data is, it is not asked for more often. */
const leastTtlS = 5;

/** Makes a fragment interactive. Throws where its island says nothing that is known here. */
export function createFragment(root: HTMLElement & { update?: (html: string) => void }): Tick {
  let island = readIsland(root);
  const page = root.closest("[data-self-refresh]");
  const states = new Map<string, PanelState>();
  let dueMs: number;
  let failures = 0;

  const upgrade = (part: HTMLElement) => {
    for (const section of [part, ...all(part, "[data-panel]")]) {
      const panel = island.panels.find(({ id }) => id === section.dataset.panel);
      if (!panel) continue;
      const state = states.get(panel.id) ?? { off: new Set() };
      states.set(panel.id, state);
      upgradePanel(section, panel, island.locale, state);
    }
    showControls(root);
  };

  const apply = (fresh: HTMLElement) => {
    island = readIsland(fresh);
    takeOver(root, fresh, upgrade, page ?? root);
    failures = 0;
    wait();
  };

  const wait = () => {
    dueMs = Date.now() + Math.max(leastTtlS, island.ttl_s) * 1000 * 2 ** Math.min(failures, 3);
  };

  const load = () => {
    const request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.responseType = "document";
    request.onloadend = () => {
      const { status, response } = request;
      if (status === 404 || status === 410) {
        dueMs = Number.MAX_VALUE;
        return say("bad", "This link no longer works");
      }
      try {
        apply(status === 200 && response.querySelector(".dj"));
      } catch {
        failures++;
        wait();
        say("warn", "Delayed, updated ");
      }
    };
    request.send();
  };

  const say = (mood: string, text: string) => {
    for (const status of all(root, ".dj-status")) {
      status.className = `dj-status dj-${mood}`;
      status.role = "status";
      const words = status.lastChild!;
      // The time of the data stays, unless there is no more to come.
      (mood === "bad" ? words : words.firstChild!).textContent = text;
    }
  };

  upgrade(root);
  listenToFilters(root, page);
  listenToClicks(root);
  root.update = (html) => apply(parseFragment(html));
  wait();
  return () => {
    if (document.hidden || Date.now() < dueMs) return;
    wait();
    const { dashboard_id, version } = island;
    if (fire(root, "refresh", { dashboard_id, version }) && page) load();
  };
}
