/**
 * Where a dashboard is read, which settles what can be done with it there.
 *
 * - `embed`: in a page of the caller's. Its script hears of choices and clicks, so the dashboard brings
 *   its data along, and its filters' controls for a script to put in.
 * - `page`: on a share page. Choices are a form's and clicks are links, so that no script is needed.
 * - `kept`: on a share page that stays as it is for ever. Nothing can be chosen, and it says of which day its data is.
 * - `still`: in a mail or an archive. It is only read.
 */
export type Place = "embed" | "page" | "kept" | "still";

/** Whether that is a share page, which says itself what a dashboard elsewhere brings along. */
export function isSharePage(place: Place): boolean {
  return place === "page" || place === "kept";
}
