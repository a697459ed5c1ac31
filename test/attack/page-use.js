// Runs in the page, as an expression: points at, focuses and clicks whatever can be clicked, and sends every form.
(() => {
  const targets = "a, area, button, input, select, textarea, summary, label, [onclick], [tabindex], #clickme";
  for (const element of document.querySelectorAll(targets)) {
    element.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
    element.focus();
    element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  }
  for (const form of document.querySelectorAll("form")) form.requestSubmit();
})();
