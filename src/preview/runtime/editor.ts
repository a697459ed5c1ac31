import { make } from "../../page/runtime/element.ts";

/** The text that is edited, with its lines' numbers beside it. */
export type Editor = {
  readonly text: string;
  /** Replaces all of it, as another text. */
  open(text: string): void;
  /** Moves the cursor to a place, and into view. */
  goTo(from: number, to: number): void;
  /** Marks lines by what is wrong in them. */
  mark(places: readonly { readonly from: number }[]): void;
};

const indent = "  ";

/** Makes a text area an editor of code: Tab indents unless Escape was pressed before, and Enter keeps the indentation. */
export function createEditor(area: HTMLTextAreaElement, gutter: HTMLElement, onChange: () => void): Editor {
  let tabLeaves = false;
  let drawn = "";
  let marked: ReadonlySet<number> = new Set();

  const lineOf = (at: number) => area.value.slice(0, at).split("\n").length;

  const draw = () => {
    const count = area.value.split("\n").length;
    const wanted = `${count} ${[...marked]}`;
    if (wanted !== drawn) {
      const numbers = Array.from({ length: count }, (_, index) =>
        make("span", { textContent: `${index + 1}`, className: marked.has(index + 1) ? "pv-line-bad" : "" }),
      );
      gutter.replaceChildren(...numbers);
      drawn = wanted;
    }
    gutter.scrollTop = area.scrollTop;
  };

  // Not by `value`: what is typed could not be undone any more.
  const insert = (text: string) => document.execCommand("insertText", false, text);

  Object.assign(area, { spellcheck: false, autocapitalize: "off", autocomplete: "off" });
  area.addEventListener("scroll", draw);
  area.addEventListener("input", () => {
    draw();
    onChange();
  });
  area.addEventListener("blur", () => {
    tabLeaves = false;
  });
  area.addEventListener("keydown", (event) => {
    const { key, shiftKey, ctrlKey, metaKey, altKey, isComposing } = event;
    if (isComposing || ctrlKey || metaKey || altKey) return;
    if (key === "Escape") tabLeaves = true;
    if (key === "Tab" && !tabLeaves) {
      event.preventDefault();
      indentLines(area, insert, shiftKey);
    } else if (key === "Enter") {
      const line = area.value.slice(area.value.lastIndexOf("\n", area.selectionStart - 1) + 1, area.selectionStart);
      event.preventDefault();
      insert(`\n${/^ */.exec(line)![0]}`);
    }
    if (!["Escape", "Tab", "Shift"].includes(key)) tabLeaves = false;
  });

  return {
    get text() {
      return area.value;
    },
    open(text) {
      area.value = text;
      area.setSelectionRange(0, 0);
      area.scrollTo(0, 0);
      marked = new Set();
      draw();
    },
    goTo(from, to) {
      area.focus();
      area.setSelectionRange(from, to);
      // Browsers leave a selection where it is, also out of sight.
      const lineHeight = Number.parseFloat(getComputedStyle(area).lineHeight);
      area.scrollTo(0, (lineOf(from) - 1) * lineHeight - area.clientHeight / 3);
    },
    mark(places) {
      marked = new Set(places.map(({ from }) => lineOf(from)));
      draw();
    },
  };
}

/** Indents the lines that are selected, or inserts at the cursor; takes indentation back the other way. */
function indentLines(area: HTMLTextAreaElement, insert: (text: string) => void, isBack: boolean): void {
  const { value, selectionStart, selectionEnd } = area;
  if (selectionStart === selectionEnd && !isBack) {
    insert(indent);
    return;
  }
  const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const text = value.slice(from, selectionEnd);
  const moved = isBack ? text.replace(/^ {1,2}/gm, "") : text.replace(/^(?=.)/gm, indent);
  if (moved === text) return;
  area.setSelectionRange(from, selectionEnd);
  insert(moved);
  area.setSelectionRange(from, from + moved.length);
}
