/** A dashboard as HTML, and how its data stands. */
export type RenderedDashboard = {
  readonly html: string;
  /** SHA-256 of the HTML in UTF-8, in hexadecimal. */
  readonly digest: string;
  /** When it stops being fresh, in epoch milliseconds. */
  readonly freshUntilMs: number;
  readonly partial: boolean;
  /** Whether all its data was had, and is fresh: what is not may be had by another replica. */
  readonly whole: boolean;
  readonly panels: readonly RenderedPanel[];
};

/** How one panel's data stands. */
type RenderedPanel = {
  readonly id: string;
  readonly asOfMs: number | undefined;
  readonly stale: boolean;
  /** As PanelState.error; empty when the panel shows its data. */
  readonly error: string;
};

/**
 * Returns about how many bytes a rendered dashboard takes in memory: two for each character of its HTML, whose JSON,
 * protobuf and their compressed forms are kept beside it.
 */
export function renderedBytes({ html }: RenderedDashboard): number {
  return html.length * 5 + 1_000;
}

/** Returns a rendered dashboard as bytes: what it is beside its HTML as a line of JSON, then the HTML. */
export function renderedToBytes({ html, ...rest }: RenderedDashboard): Uint8Array {
  return Buffer.from(`${JSON.stringify(rest)}\n${html}`);
}

/** Returns what `renderedToBytes` made bytes of, fresh until then. Throws for bytes that have no line of JSON. */
export function parseRendered(bytes: Uint8Array, freshUntilMs: number): RenderedDashboard {
  const lineEnd = bytes.indexOf(0x0a);
  const text = new TextDecoder();
  const rest = JSON.parse(text.decode(bytes.subarray(0, lineEnd))) as Omit<RenderedDashboard, "html">;
  return { ...rest, html: text.decode(bytes.subarray(lineEnd + 1)), freshUntilMs };
}
