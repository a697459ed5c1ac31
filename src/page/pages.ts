import { Eta } from "eta/core";
import { type Content, contentToMarkup, type Safe, trustMarkup } from "../chart/safe.ts";

/** Where a style sheet is served, and the digest by which a browser knows it (https://www.w3.org/TR/SRI/). */
export type AssetRef = { readonly url: string; readonly integrity: string };

/** One panel's frame, around what was drawn. */
export type PanelView = {
  readonly id: string;
  readonly kind: string;
  /** Classes that place it on the grid. */
  readonly place: string;
  /** Its name for screen readers, unlike any other panel's. */
  readonly label: string;
  readonly title: string;
  readonly note: string;
  /** How old its data is, when it is older than it should be; else empty. */
  readonly age: string;
  readonly body: Safe;
};

/** A whole dashboard. */
export type DashboardView = {
  readonly theme: string;
  readonly style: AssetRef;
  readonly title: string;
  readonly description: string;
  readonly updated: { mood: "good" | "warn" | "bad"; text: string; iso: string; clock: string } | undefined;
  readonly filters: readonly { readonly title: string; readonly text: string; readonly isRange: boolean }[];
  readonly panels: readonly Safe[];
  readonly footer: { readonly left: string; readonly right: string };
  readonly island: Safe;
};

/** A document around a dashboard. */
type ShareView = {
  readonly theme: string;
  readonly title: string;
  readonly style: AssetRef;
  readonly shareStyle: AssetRef;
  readonly fragment: Safe;
  readonly expires: { readonly iso: string; readonly text: string };
};

/** A document that says one thing. */
type NoticeView = {
  readonly title: string;
  readonly message: string;
  readonly style: AssetRef;
  readonly shareStyle: AssetRef;
};

/** The templates, compiled. */
export type Pages = {
  readonly panel: (view: PanelView) => Safe;
  readonly dashboard: (view: DashboardView) => Safe;
  readonly share: (view: ShareView) => Safe;
  readonly notice: (view: NoticeView) => Safe;
};

/**
 * Compiles the templates of src/page/files, given by name without `.eta`. Throws on one that is
 * missing, that does not compile, or that has a raw tag: everything a template prints is escaped
 * unless it is Safe, and an undefined value is an error.
 */
export function createPages(templates: Readonly<Record<string, string>>): Pages {
  const eta = new Eta({
    autoTrim: false,
    escapeFunction: (value) => contentToMarkup(value as Content),
    plugins: [{ processTemplate: unindent, processAST: refuseRaw }],
  });
  const compile = <View extends object>(name: string) => {
    const text = templates[name];
    if (text === undefined) throw new Error(`the template ${name}.eta is missing`);
    const write = eta.compile(text);
    return (view: View) => trustMarkup(write.call(eta, view));
  };
  return {
    panel: compile<PanelView>("panel"),
    dashboard: compile<DashboardView>("dashboard"),
    share: compile<ShareView>("share"),
    notice: compile<NoticeView>("notice"),
  };
}

/** Leaves the indentation of templates out of pages. */
function unindent(text: string): string {
  return text.replace(/\n\s*/g, "");
}

function refuseRaw<Node extends string | { t: string }>(nodes: Node[]): Node[] {
  if (nodes.some((node) => typeof node !== "string" && node.t === "r")) {
    throw new Error("templates have no raw tags: hand in Safe instead");
  }
  return nodes;
}
