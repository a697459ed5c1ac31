import { all, makeButton } from "./element.ts";

/**
 * Makes the entries of a section's legend hide what they stand for, and hides what is `off`. A double
 * click leaves one alone.
 */
export function addToggles(section: Element, names: readonly string[], off: Set<string>): void {
  const update = () => {
    for (const one of all(section, "[data-s]")) {
      const isOff = off.has(names[+one.dataset.s!]!);
      one.classList.toggle("dj-off", isOff);
      for (const button of all(one, ".dj-toggle")) button.ariaPressed = `${!isOff}`;
    }
  };
  for (const key of all(section, ".dj-key")) {
    const entry = key.closest<HTMLElement>("[data-s]");
    if (!entry) continue;
    const name = names[+entry.dataset.s!]!;
    const words = key.nextElementSibling!;
    const button = makeButton({
      className: "dj-toggle",
      onclick() {
        if (!off.delete(name)) off.add(name);
        update();
      },
      ondblclick() {
        const rest = names.filter((one) => one !== name);
        const isAlone = rest.every((one) => off.has(one));
        off.clear();
        for (const one of isAlone ? [] : rest) off.add(one);
        update();
      },
    });
    key.before(button);
    button.append(key);
    // A name that can be clicked itself stays outside.
    if (words.matches(".dj-go,:has(.dj-go)")) button.ariaLabel = name;
    else button.append(words);
  }
  update();
}
