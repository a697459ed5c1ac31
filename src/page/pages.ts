import { Eta } from "eta/core";
import { type Content, contentToMarkup, type Safe, trustMarkup } from "../chart/safe.ts";

/** Where a style sheet or script is served, and the digest by which a browser knows it (https://www.w3.org/TR/SRI/). */
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
  /** A few words beside the title. */
  readonly aside: string;
  /** How old its data is, when it is older than it should be; else empty. */
  readonly age: string;
  /** Says what it shows in a few letters: the same where it shows the same. */
  readonly hash: string;
  readonly body: Safe;
  /** A sentence below what it shows. */
  readonly note: string;
};

/** A whole dashboard. */
export type DashboardView = {
  /** The root's. */
  readonly classes: string;
  /** Whether it is read from the right. */
  readonly isRtl: boolean;
  /** What it links to, the dashboards' own style first. */
  readonly styles: readonly AssetRef[];
  /** Whose it is, and which part of theirs. */
  readonly owner: { readonly name: string; readonly part: string } | undefined;
  readonly title: string;
  readonly description: string;
  /** Says what the header shows, as `PanelView.hash`. */
  readonly headerHash: string;
  readonly updated: { mood: "good" | "warn" | "bad"; text: string; iso: string; clock: string } | undefined;
  readonly filters: readonly FilterView[];
  /** The form that changes filters; empty where there is none. */
  readonly form: Safe;
  /** Whether the form is not there for readers until a script puts it in place of `filters`. */
  readonly formWaits: boolean;
  readonly panels: readonly Safe[];
  readonly footer: { readonly left: string; readonly right: string };
  /** What makes it interactive; absent from what is only read. */
  readonly island: Safe | undefined;
};

/** A filter that is set. */
type FilterView = {
  readonly title: string;
  readonly text: string;
  readonly isRange: boolean;
  /** Whether it is told that its reader cannot change it. */
  readonly isFixed: boolean;
};

/** A document around a dashboard. */
type ShareView = {
  readonly theme: string;
  readonly title: string;
  readonly style: AssetRef;
  readonly shareStyle: AssetRef;
  readonly fontStyle: AssetRef;
  readonly script: AssetRef;
  readonly fragment: Safe;
  /** When the data of a page was read that never changes; undefined for one that asks for newer data. */
  readonly asOf: { readonly iso: string; readonly text: string } | undefined;
  readonly expires: { readonly iso: string; readonly text: string };
};

/** A document that says one thing. */
type NoticeView = {
  readonly title: string;
  readonly message: string;
  readonly style: AssetRef;
  readonly shareStyle: AssetRef;
  readonly fontStyle: AssetRef;
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
