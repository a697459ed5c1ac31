import { type Content, html, nothing, type Safe } from "../chart/safe.ts";
import { shorten } from "../chart/shorten.ts";
import type { FilterControl, FilterOption } from "../definition/viewer-filters.ts";
import type { Place } from "./place.ts";

/** A form and the names of the filters that it changes. */
export type FilterForm = { readonly form: Safe; readonly names: ReadonlySet<string> };

/**
 * Draws the form in which a reader changes filters: a GET form that sends every filter, so that what
 * is empty is unset and what is left as it is stays. It works by keyboard and without script. Its
 * controls say in `data-type` and `data-many` how a script makes values of their texts.
 *
 * @param roomChars how much markup there is room for; a filter that does not fit keeps what it is set to
 */
export function drawFilterForm(controls: readonly FilterControl[], place: Place, roomChars: number): FilterForm {
  const names = new Set<string>();
  let leftChars = roomChars;
  const drawn = controls.map((control) => {
    const markup = drawControl(control);
    if (markup.length > leftChars) return place === "page" && !control.isDefault ? keepChoice(control) : nothing;
    leftChars -= markup.length;
    names.add(control.name);
    return markup;
  });
  if (names.size === 0) return { form: nothing, names };
  const isChanged = place === "page" && controls.some(({ isDefault }) => !isDefault);
  // Without an action it leads to where it stands, and the address has nothing else to lose than the choices.
  const form = html`<form class="dj-filters" method="get" aria-label="Filters">
    ${drawn}
    <div class="dj-act">
      <button class="dj-apply">Apply</button>
      ${isChanged ? html`<a class="dj-reset" href="?">Reset</a>` : nothing}
    </div>
  </form>`;
  return { form, names };
}

function drawControl(control: FilterControl): Safe {
  const { title, many, options } = control;
  if (many) return drawChoices(control);
  const field =
    options.length > 0 ? html`${drawSelect(control)}${chevron}` : drawField(control, control.chosen[0] ?? "");
  return html`<label class="dj-control"><span dir="auto">${title}</span>${field}</label>`;
}

function drawSelect(control: FilterControl): Safe {
  const { required, options, chosen } = control;
  const drawn = options.map(({ text, words }) => {
    const selected = chosen.includes(text) ? html` selected=""` : nothing;
    return html`<option value="${text}"${selected}>${shortly(words)}</option>`;
  });
  return html`<select${fieldAttributes(control)}>
    ${required ? nothing : html`<option value="">${unsetWords(control)}</option>`}${drawn}
  </select>`;
}

/** Draws a list of boxes to check, which opens at a press. */
function drawChoices(control: FilterControl): Safe {
  const { title, required, options, chosen } = control;
  const checked = new Set(chosen);
  const isOpen = options.length === 0;
  const boxes = isOpen ? chosen.map((text) => ({ text, words: text })) : options;
  const drawn = boxes.map(
    ({ text, words }) => html`<label>
      <input type="checkbox"${fieldAttributes(control)} value="${text}"${checked.has(text) ? html` checked=""` : nothing}>
      <span dir="auto">${shortly(words)}</span>
    </label>`,
  );
  // Without any box checked a form would say nothing of the filter, which then had its default.
  const none = required || isOpen ? nothing : html`<input type="hidden"${fieldAttributes(control)} value="">`;
  const another = isOpen ? html`<label><span>Add</span>${drawField(control, "")}</label>` : nothing;
  return html`<details class="dj-control dj-many">
    <summary><span dir="auto">${title}</span><b dir="auto">${countWords(control, boxes)}</b>${chevron}</summary>
    <fieldset class="dj-choices"><legend class="dj-sr">${title}</legend>${none}${drawn}${another}</fieldset>
  </details>`;
}

function drawField(control: FilterControl, text: string): Safe {
  const { many, required } = control;
  const must = required && !many ? html` required=""` : nothing;
  const value = html` value="${text}"${must}`;
  switch (control.type) {
    case "number":
      return html`<input type="number" step="any" placeholder="Any"${fieldAttributes(control)}${value}>`;
    case "date":
      return html`<input type="date"${fieldAttributes(control)}${value}>`;
    default:
      return html`<input type="text" dir="auto" maxlength="1024" placeholder="Any" autocomplete="off"${fieldAttributes(control)}${value}>`;
  }
}

function fieldAttributes({ name, type, many }: FilterControl): Content {
  return html` name="${name}" data-type="${type}"${many ? html` data-many=""` : nothing}`;
}

function keepChoice({ name, chosen }: FilterControl): Safe {
  const texts = chosen.length > 0 ? chosen : [""];
  return html`${texts.map((text) => html`<input type="hidden" name="${name}" value="${text}">`)}`;
}

function unsetWords({ type }: FilterControl): string {
  return type === "range" ? "All time" : "All";
}

function countWords({ chosen, options }: FilterControl, boxes: readonly FilterOption[]): string {
  if (chosen.length === 0) return "All";
  if (chosen.length === 1) return shortly(boxes.find(({ text }) => text === chosen[0])?.words ?? chosen[0]!);
  return options.length > 0 ? `${chosen.length} of ${options.length}` : `${chosen.length} chosen`;
}

/** Longer words would make the list wider than the page. */
const maxWordsChars = 60;

function shortly(words: string): string {
  return shorten(words, maxWordsChars);
}

const chevron = html`<svg class="dj-chevron" viewBox="0 0 16 16" aria-hidden="true"><path d="M4.5 6.5l3.5 3.5l3.5 -3.5"/></svg>`;
