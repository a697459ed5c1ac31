import { all } from "./element.ts";
import { fire } from "./events.ts";

/**
 * Makes the filters of a fragment work at once: on a share page their form is sent by itself, in an
 * embed the page is told.
 */
export function listenToFilters(root: Element, ownPage: Element | null): void {
  let told: string | undefined;
  const listen = (event: Event) => {
    const target = event.target as HTMLElement;
    const form = target.closest<HTMLFormElement>("form.dj-filters");
    const isSent = event.type === "submit";
    // Of many values one is chosen after the other, and then all are sent.
    if (!form || (isSent ? ownPage : "many" in target.dataset)) return;
    if (isSent) event.preventDefault();
    const filters = readForm(form, root);
    const text = JSON.stringify(filters);
    // Enter in a field is a change and a submission.
    if (text === told) return;
    told = text;
    // A filter may have the name of one of the form's own methods.
    if (fire(root, "filter", { filters }) && ownPage) HTMLFormElement.prototype.requestSubmit.call(form);
  };
  root.addEventListener("change", listen);
  root.addEventListener("submit", listen);
}

/** Puts the form that waits in a template in the place of the chips. */
export function showControls(root: Element): void {
  const template = root.querySelector<HTMLTemplateElement>("template.dj-controls");
  if (!template || template.nextSibling) return;
  root.querySelector("ul.dj-filters")?.remove();
  template.after(document.importNode(template.content, true));
}

type Scalar = string | number | boolean;

function readForm(form: HTMLFormElement, root: Element): Record<string, Scalar | Scalar[] | null> {
  const data = new FormData(form);
  const filters: Record<string, Scalar | Scalar[] | null> = {};
  for (const control of all(root, "form.dj-filters [name]")) {
    const name = control.getAttribute("name")!;
    const { type, many } = control.dataset;
    const texts = data.getAll(name).filter((text) => text) as string[];
    const values = texts.map((text) => (type === "number" ? +text : type === "boolean" ? text === "true" : text));
    filters[name] = values.length ? (many === undefined ? values[0]! : values) : null;
  }
  return filters;
}
