import type { AssetRef } from "../../src/page/pages.ts";

/** Returns a host page with something of everything that pages have, a place for a dashboard, and its script. */
export function hostPage(script: AssetRef, stylePath: string, more = ""): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8"><title>A host</title><link rel="icon" href="data:,">
    <link rel="stylesheet" href="${stylePath}"><link rel="stylesheet" href="/host.css">
    <script defer src="${script.url}" integrity="${script.integrity}" crossorigin="anonymous"></script>
    ${more}
  </head>
  <body>
    <main id="app">
      <div id="sentinels">
        <h1 class="title">Heading</h1><h2>Smaller</h2>
        <p class="lead">Words <a href="#a">that link</a>, <b>bold</b>, <code>code</code>, <small>small</small>.</p>
        <button class="button">Button</button> <input class="control" value="Input"> <select><option>One</option></select>
        <ul class="list"><li class="item">One</li><li>Two</li></ul>
        <table class="table"><thead><tr><th>Head</th></tr></thead><tbody><tr><td class="number">1</td></tr></tbody></table>
        <svg class="chart" viewBox="0 0 16 16" width="32" height="32"><rect width="9" height="9"/><path d="M0 0l16 16"/><text>A</text></svg>
        <nav id="dj" class="page panel grid">Of the dashboards' own names</nav>
      </div>
      <section id="slot"></section>
    </main>
  </body>
</html>`;
}

/** The headers of a host page that is as strict as it can be and lets a dashboard in. */
export function hostPolicy(assetsUrl: string): Readonly<Record<string, string>> {
  const rules = [
    "default-src 'none'",
    "img-src data:",
    `style-src 'self' ${assetsUrl}`,
    `script-src 'self' ${assetsUrl}`,
    `font-src ${assetsUrl}`,
    "require-trusted-types-for 'script'",
  ];
  return { "content-security-policy": rules.join("; ") };
}
