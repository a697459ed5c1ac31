import { html } from "../chart/safe.ts";
import type { CliError } from "./cli-error.ts";
import { drawDocument, drawPage, type PageContent } from "./page.ts";
import type { LocatedProblem } from "./read-definition.ts";

/** The address of the script that loads the page anew, and of the events that tell it to. */
export const livePaths = { script: "/live.js", events: "/events" } as const;

/** Loads the page anew when the file has changed, and when the command was started again. */
export const liveScript = `let lost = false;
const events = new EventSource("${livePaths.events}");
events.onmessage = () => location.reload();
events.onerror = () => { lost = true; };
events.onopen = () => { if (lost) location.reload(); };
`;

const loader = html`<script defer src="${livePaths.script}"></script>`;

/** Returns the page of a rendered dashboard. */
export function drawLivePage(content: PageContent): string {
  return drawPage(content).replace("</head>", () => `${loader}</head>`);
}

/** Returns a page that lists the problems of a file at their places. */
export function drawProblems(path: string, problems: readonly LocatedProblem[]): string {
  const items = problems.map(
    ({ line, column, field, description }) =>
      html`<tr><td>${line}:${column}</td><td><code>${field}</code></td><td>${description}</td></tr>`,
  );
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const body = html`
    <main class="problems"><h1>${count} in ${path}</h1>
      <table><thead><tr><th>Line</th><th>Path</th><th>What</th></tr></thead><tbody>${items}</tbody></table>
    </main>`;
  return drawDocument(`${count}: ${path}`, [loader, style], body);
}

/** Returns a page that says why nothing could be rendered. */
export function drawFailure(path: string, { message, details }: CliError): string {
  const items = details.map(({ field, description }) => html`<li><code>${field}</code>: ${description}</li>`);
  const body = html`<main class="problems"><h1>${path} was not rendered</h1><p>${message}</p><ul>${items}</ul></main>`;
  return drawDocument(`not rendered: ${path}`, [loader, style], body);
}

const style = html`<style>
  .problems { max-width: 60rem; margin: 3rem auto; padding: 0 1rem; line-height: 1.5 }
  .problems h1 { font-size: 1.25rem }
  .problems table { border-collapse: collapse; width: 100% }
  .problems th, .problems td { padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8884 }
  .problems th, .problems td { text-align: start; vertical-align: top }
</style>`;
