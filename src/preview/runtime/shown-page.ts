import { all } from "../../page/runtime/element.ts";

type Policy = { createHTML(html: string): string };
type Factory = { createPolicy(name: string, rules: Policy): Policy };

type Scalar = string | number | boolean;
type FilterValue = Scalar | readonly Scalar[];

/** The dashboard that is shown. */
export type ShownPage = {
  /** Shows a rendered dashboard in the place of the last one. */
  show(html: string): void;
  /** Shows the same dashboard with other data, and leaves what is being done to it as it is. */
  update(html: string): void;
  clear(): void;
  /** Returns a text as a value of the filter of that name, as its form has them; undefined where it has none. */
  valueOf(name: string, text: string): FilterValue | undefined;
};

type Fragment = HTMLElement & { update?: (html: string) => void };

/** Creates what shows dashboards within an element. The script of dashboards finds them there, and makes them interactive. */
export function createShownPage(place: HTMLElement): ShownPage {
  const { trustedTypes } = globalThis as { trustedTypes?: Factory };
  // What is parsed is what the service has rendered: its texts are escaped.
  const policy = trustedTypes?.createPolicy("preview", { createHTML: String });

  const show = (html: string) => {
    const text = policy?.createHTML(html) ?? html;
    // In a document in which nothing runs or loads.
    const root = new DOMParser().parseFromString(text, "text/html").querySelector(".dj");
    // Moved and not copied: scripts that were copied are none that a page of trusted types lets be.
    if (root) place.replaceChildren(root);
  };

  return {
    show,
    update(html) {
      const root = place.querySelector<Fragment>(".dj");
      if (root?.update) root.update(html);
      else show(html);
    },
    clear: () => place.replaceChildren(),
    valueOf(name, text) {
      const control = all(place, "form.dj-filters [name]").find((one) => one.getAttribute("name") === name);
      if (!control) return undefined;
      const { type, many } = control.dataset;
      const value = type === "number" ? Number(text) : type === "boolean" ? text === "true" : text;
      return many === undefined ? value : [value];
    },
  };
}
