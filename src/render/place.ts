/**
 * Where a dashboard is read, which settles what can be done with it there.
 *
 * - `embed`: in a page of the caller's. Its script hears of choices and clicks, so the dashboard brings
 *   its data along, and its filters' controls for a script to put in.
 * - `page`: on a share page. Choices are a form's and clicks are links, so that no script is needed.
 * - `still`: in a mail or an archive. It is only read.
 */
export type Place = "embed" | "page" | "still";
