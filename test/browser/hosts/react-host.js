// A host page in React, as its authors would embed dashboards: the markup comes by dangerouslySetInnerHTML.
import { createElement, StrictMode, useMemo } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

const policy = globalThis.trustedTypes.createPolicy("react-host", { createHTML: (text) => text });
const root = createRoot(document.querySelector("#slot"));

function Dashboard({ html }) {
  // React would put it in anew if it were another object.
  const trusted = useMemo(() => ({ __html: policy.createHTML(html) }), [html]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: it is how a host has to do it.
  return createElement("div", { className: "dashboard", dangerouslySetInnerHTML: trusted });
}

/** Shows those dashboards and no others. */
globalThis.show = (...htmls) => {
  const dashboards = htmls.map((html, key) => createElement(Dashboard, { key, html }));
  flushSync(() => root.render(createElement(StrictMode, null, ...dashboards)));
};
