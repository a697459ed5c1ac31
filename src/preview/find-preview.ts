import { fault } from "../errors/fault.ts";
import type { Answer } from "../http/answer.ts";
import type { Find } from "../http/dispatch.ts";
import type { WholeHandler, WholeRequest } from "../http/whole-request.ts";
import { callInfoKey } from "../rpc/call.ts";
import { drawPreviewPage, type PreviewLinks } from "./page.ts";
import { ownHeaders, previewHeaders } from "./page-headers.ts";
import { isAtHome, isOwnScript } from "./visitor.ts";

/** What the page is made of, and where it has from what it shows. */
export type PreviewOptions = {
  /** What it links to besides its own style and script, by path. */
  readonly links: PreviewLinks;
  readonly style: string;
  readonly script: string;
  /** Scheme and authority at which what dashboards link to is served. */
  readonly origin: string;
  /** Mints a token by which the page calls the service. It is short-lived: the page asks again. */
  readonly mint: () => Promise<string>;
  /** Returns a saved definition as text. Throws NOT_FOUND. */
  readonly open: (dashboardId: string) => Promise<OpenedDefinition>;
};

/** A saved definition as it is edited. */
type OpenedDefinition = { readonly text: string; readonly version: number };

const [stylePath, scriptPath, tokenPath] = ["/preview/style.css", "/preview/script.js", "/preview/token"] as const;
const definitionPath = /^\/preview\/definitions\/([A-Za-z0-9][A-Za-z0-9_-]{0,127})$/;

/**
 * Creates what finds the preview page and what it is made of. It is for a browser on the service's own machine: whoever
 * else asks is told that nothing is here. What its script asks for is for that script only.
 */
export function createPreview({ links, style, script, origin, mint, open }: PreviewOptions): Find {
  const page = drawPreviewPage({
    styles: [...links.styles, stylePath],
    scripts: [...links.scripts, scriptPath],
  });
  const files = new Map<string, WholeHandler>([
    ["/", fileHandler("/", page, previewHeaders(origin))],
    [stylePath, fileHandler(stylePath, style, ownHeaders("text/css; charset=utf-8"))],
    [scriptPath, fileHandler(scriptPath, script, ownHeaders("text/javascript; charset=utf-8"))],
  ]);
  const token = scriptHandler(tokenPath, async () => ({ token: await mint() }));

  return ({ method, path }) => {
    const file = files.get(path);
    if (file !== undefined) return method === "GET" || method === "HEAD" ? file : { allow: ["GET", "HEAD"] };
    if (path === tokenPath) return method === "POST" ? token : { allow: ["POST"] };
    const id = definitionPath.exec(path)?.[1];
    if (id === undefined) return undefined;
    if (method !== "GET") return { allow: ["GET"] };
    return scriptHandler("/preview/definitions/{dashboard_id}", () => open(id));
  };
}

function fileHandler(requestPath: string, body: string, headers: Readonly<Record<string, string>>): WholeHandler {
  return handler(requestPath, isAtHome, async () => ({ status: 200, headers, body: Buffer.from(body) }));
}

function scriptHandler(requestPath: string, answer: () => Promise<object>): WholeHandler {
  const headers = ownHeaders("application/json");
  return handler(
    requestPath,
    (visit) => isAtHome(visit) && isOwnScript(visit),
    async () => ({ status: 200, headers, body: Buffer.from(JSON.stringify(await answer())) }),
  );
}

function handler(requestPath: string, isWelcome: typeof isAtHome, answer: () => Promise<Answer>): WholeHandler {
  return {
    requestPath,
    async answer(request: WholeRequest) {
      const address = request.contextValues.get(callInfoKey)?.remoteAddress ?? "";
      if (!isWelcome({ address, header: (name) => request.header(name) })) {
        throw fault("NOT_FOUND", "the preview is for a browser on the service's own machine: open it at 127.0.0.1");
      }
      return await answer();
    },
  };
}
