// Runs in the page, as an expression: which typefaces it has loaded, and whether ours is one of them.
(() => ({
  fonts: [
    ...new Set(
      [...document.fonts]
        .filter(({ status }) => status !== "unloaded")
        .map(({ family, status }) => `${family.replaceAll('"', "")} ${status}`),
    ),
  ],
  usesFont: document.fonts.check('16px "Dashboards Inter"'),
}))();
