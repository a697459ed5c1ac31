import { type Case, stepsWithin } from "./corpus.ts";

/** Where the connections that a case makes lead, as it writes them: addresses of the web, and hosts. */
export function placesNamedIn({ steps }: Case): readonly string[] {
  return steps.flatMap(stepsWithin).flatMap(({ inject = {}, body = [] }) => {
    const inBody = body.map((part) => (typeof part === "string" ? /"url": ?"([^"]*)"/.exec(part)?.[1] : undefined));
    return [inject.DS_URL, inject.DS_HOST, ...inBody].filter((place) => typeof place === "string");
  });
}

/** The host of such a place, in the form in which it is looked up. */
export function hostOf(place: string): string {
  return URL.canParse(place) ? new URL(place).hostname.replace(/\.$/, "") : place;
}
