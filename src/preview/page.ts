import { html } from "../chart/safe.ts";

/** Where what the page links to is served, by path: all of it is this service's own. */
export type PreviewLinks = {
  /** The typeface, the dashboards' style and the page's own. */
  readonly styles: readonly string[];
  /** What makes dashboards interactive, and the page's own script. */
  readonly scripts: readonly string[];
};

/** Draws the page on which definitions are written. It holds nothing of anybody: its script asks for what it shows. */
export function drawPreviewPage({ styles, scripts }: PreviewLinks): string {
  const drawn = html`<html lang="en" class="dj-sheet pv">
    <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="robots" content="noindex, nofollow">
      <title>Dashboards: preview</title>
      <link rel="icon" href="data:,">
      ${styles.map((href) => html`<link rel="stylesheet" href="${href}">`)}
      ${scripts.map((src) => html`<script defer src="${src}"></script>`)}
    </head>
    <body>
      <header class="pv-top">
        <h1>Preview</h1>
        <label class="pv-pick"><span>Dashboard</span><select id="pick"></select></label>
        <p id="state" role="status"></p>
        <a href="/docs">API reference</a>
        <button id="save" type="button" disabled="">Save</button>
      </header>
      <main class="pv-main">
        <section class="pv-source" aria-label="Definition">
          <div class="pv-editor">
            <div id="lines" class="pv-lines" aria-hidden="true"></div>
            <textarea id="text" aria-label="Definition in YAML" aria-describedby="keys" wrap="off"></textarea>
          </div>
          <p id="keys" class="pv-keys">Tab indents; Escape, then Tab, leaves. Ctrl+S saves.</p>
          <div id="problems" class="pv-problems" role="region" aria-label="Problems" aria-live="polite"></div>
        </section>
        <section id="page" class="pv-page" aria-label="Rendering" tabindex="0">
          <div id="shown"><noscript><p class="pv-blank">This page needs its script.</p></noscript></div>
          <p id="notice" class="pv-notice" hidden="">The last version without problems is shown.</p>
        </section>
      </main>
    </body>
  </html>`;
  return `<!doctype html>${drawn}`;
}
