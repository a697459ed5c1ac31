/** What the drawing of one dashboard may take. */
export type RenderLimits = {
  /**
   * Characters of HTML. 2 MiB by default, because a browser lays that out within a second, and a page
   * that says more is read by nobody.
   */
  readonly maxHtmlChars: number;
  /**
   * Work, in the cells of src/chart/effort.ts. 2.5 million by default, because a hundred lines over
   * 10,000 rows take two, and all of it takes about a second.
   */
  readonly maxCells: number;
};

/** The limits, unless a renderer is told others. */
export const renderLimits: RenderLimits = { maxHtmlChars: 2 * 1024 * 1024, maxCells: 2_500_000 };
