/** The preview page: a definition as text, beside what it renders to, which follows what is typed. */
import { call, type Failure, type Problem } from "./api.ts";
import { listDashboards, type Opened, openDashboard, saveDashboard, unnamed } from "./dashboards.ts";
import { createEditor } from "./editor.ts";
import { createInTurn } from "./in-turn.ts";
import { createProblemList } from "./problem-list.ts";
import { createShownPage } from "./shown-page.ts";
import { type PlacedProblem, readSource, type SourceText } from "./source-text.ts";

type Rendered = { readonly html: string; readonly partial: boolean };

/** While somebody types, this long after the last key. */
const typingMs = 350;

/** How soon a failed start is tried again. */
const againMs = 2_000;

/** The fields of a definition: what else the methods take is the page's to say. */
const fields = new Set(["dashboard_id", "layout", "datasources", "filters"]);

const byId = <Type extends HTMLElement>(id: string) => document.getElementById(id) as Type;
const pick = byId<HTMLSelectElement>("pick");
const save = byId<HTMLButtonElement>("save");
const state = byId("state");
const notice = byId("notice");
const page = byId("page");
const editor = createEditor(byId<HTMLTextAreaElement>("text"), byId("lines"), changed);
const shown = createShownPage(byId("shown"));
const listProblems = createProblemList(byId("problems"), editor.goTo);
const turns = createInTurn(preview);

const known = new Map<string, Opened>();
let opened: Opened = { id: unnamed, version: 0, saved: "", text: "" };
let values: Record<string, unknown> = {};
/** What is shown, as it was asked for: the definition, and all of it. */
let [shownDefinition, shownRequest] = ["", ""];

pick.addEventListener("change", () => {
  history.pushState(null, "", `#${pick.value}`);
  openNamed();
});
save.addEventListener("click", saveText);
addEventListener("hashchange", openNamed);
addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (!save.disabled) saveText();
});
addEventListener("beforeunload", (event) => {
  if ([...known.values()].some(({ saved, text }) => saved !== text)) event.preventDefault();
});
document.addEventListener("dashboard:filter", (event) => {
  values = (event as CustomEvent<{ filters: Record<string, unknown> }>).detail.filters;
  turns.ask(0);
});
document.addEventListener("dashboard:click", (event) => {
  const { column, value } = (event as CustomEvent<{ column: string; value: string }>).detail;
  const typed = shown.valueOf(column, value);
  if (typed === undefined) return;
  // Chosen once more it is taken back.
  values = { ...values, [column]: JSON.stringify(values[column]) === JSON.stringify(typed) ? null : typed };
  turns.ask(0);
});
document.addEventListener("dashboard:refresh", () => {
  // The same once more.
  shownRequest += " ";
  turns.ask(0);
});
start();

async function start(): Promise<void> {
  const listed = await listDashboards(pick);
  if (listed.ok) return openNamed();
  say(listed.failure.message, "bad");
  setTimeout(start, listed.failure.retryMs ?? againMs);
}

/** Opens what the address names, else the first that there is. */
async function openNamed(): Promise<void> {
  const ids = [...pick.options].map(({ value }) => value);
  const named = location.hash.slice(1);
  const id = ids.includes(named) && (named !== unnamed || known.size > 0) ? named : ids[0]!;
  history.replaceState(null, "", `#${id}`);
  pick.value = id;
  const kept = known.get(id);
  const found = kept ? { ok: true as const, body: kept } : await openDashboard(id);
  // Something else may have been chosen meanwhile.
  if (pick.value !== id) return;
  if (!found.ok) return say(found.failure.message, "bad");
  opened = found.body;
  known.set(id, opened);
  values = {};
  [shownDefinition, shownRequest] = ["", ""];
  shown.clear();
  editor.open(opened.text);
  settle([]);
  turns.ask(0);
}

function changed(): void {
  opened.text = editor.text;
  save.disabled = true;
  turns.ask(typingMs);
}

/** Asks for what the text renders to, and shows it, or what is wrong with it. */
async function preview(signal: AbortSignal): Promise<void> {
  const source = readSource(editor.text);
  const problems = source.definition === undefined ? source.problems : findForeign(source, source.definition);
  if (problems.length > 0) return settle(problems);
  const definition = JSON.stringify(source.definition);
  const body = { ...source.definition, values };
  const request = JSON.stringify(body);
  if (request === shownRequest) return settle([]);
  page.ariaBusy = "true";
  const outcome = await call<{ problems: Problem[]; rendered?: Rendered }>("/definitions:preview", { body, signal });
  page.ariaBusy = "false";
  if (!outcome.ok) return refused(source, outcome.failure);
  const { rendered } = outcome.body;
  if (rendered === undefined) return settle(outcome.body.problems.map(source.place));
  if (definition === shownDefinition) shown.update(rendered.html);
  else shown.show(rendered.html);
  [shownDefinition, shownRequest] = [definition, request];
  settle([]);
  if (rendered.partial) say("Some panels have no data", "warn");
}

function findForeign(source: SourceText, definition: object): readonly PlacedProblem[] {
  const description = "is not a field of a definition";
  return Object.keys(definition)
    .filter((name) => !fields.has(name))
    .map((name) => source.place({ field: name, description }));
}

function refused(source: SourceText, { reason, message, details, retryMs }: Failure): void {
  if (reason === "INVALID_FILTER") {
    const misfits = details.map(({ field }) => field.replace("values.", "")).filter((name) => name in values);
    if (misfits.length > 0) {
      // The definition has changed since they were chosen.
      values = Object.fromEntries(Object.entries(values).filter(([name]) => !misfits.includes(name)));
      turns.ask(0);
      return;
    }
  }
  if (reason.startsWith("INVALID_")) {
    const told = details.length > 0 ? details : [{ field: "", description: message }];
    settle(told.map(source.place));
    return;
  }
  notice.hidden = shownRequest === "";
  say(retryMs === undefined ? message : `${message} Trying again in ${Math.ceil(retryMs / 1000)} s.`, "bad");
  if (retryMs !== undefined) turns.ask(retryMs);
}

/** Says how the text stands: what is wrong with it, or that it is what is shown. */
function settle(problems: readonly PlacedProblem[]): void {
  const count = problems.length;
  page.ariaBusy = "false";
  listProblems(problems);
  editor.mark(problems);
  notice.hidden = count === 0 || shownRequest === "";
  save.disabled = count > 0 || opened.text === opened.saved || shownRequest === "";
  if (count > 0) say(count === 1 ? "1 problem" : `${count} problems`, "bad");
  else if (shownRequest === "") say("", "good");
  else say(opened.text === opened.saved ? "Up to date" : "Up to date, not saved", "good");
}

async function saveText(): Promise<void> {
  const target = opened;
  const { text, id } = target;
  const { definition } = readSource(text);
  if (definition === undefined) return;
  save.disabled = true;
  const outcome = await saveDashboard(target, definition);
  if (!outcome.ok) {
    save.disabled = false;
    return say(`Not saved: ${whyNot(outcome.failure, definition.dashboard_id === id)}`, "bad");
  }
  const { dashboard_id, version } = outcome.body;
  const saved = dashboard_id === id ? target : { id: dashboard_id, version, saved: text, text };
  saved.version = version;
  saved.saved = text;
  if (saved !== target) {
    known.delete(id);
    known.set(dashboard_id, saved);
    opened = saved;
    history.replaceState(null, "", `#${dashboard_id}`);
  }
  await listDashboards(pick);
  pick.value = opened.id;
  say(`Saved as version ${version}`, "good");
}

function whyNot({ reason, message }: Failure, isSame: boolean): string {
  if (reason !== "STALE_VERSION") return message;
  return isSame ? "somebody has saved this dashboard meanwhile" : "there is a dashboard of this id already";
}

function say(words: string, mood: "good" | "warn" | "bad"): void {
  state.className = `pv-${mood}`;
  if (state.textContent !== words) state.textContent = words;
}
