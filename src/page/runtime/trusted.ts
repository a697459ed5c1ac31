type Policy = { createHTML(html: string): string };
type Factory = { createPolicy(name: string, rules: Policy): Policy };

let policy: Policy | undefined;

/**
 * Parses a fragment's HTML in a document in which nothing runs or loads. A page that requires trusted
 * types hands in a TrustedHTML, or lets its policy `dashboards` be made (https://www.w3.org/TR/trusted-types/).
 */
export function parseFragment(html: string): HTMLElement {
  const { trustedTypes } = globalThis as { trustedTypes?: Factory };
  if (trustedTypes && typeof html === "string") {
    policy ??= trustedTypes.createPolicy("dashboards", { createHTML: String });
    html = policy.createHTML(html);
  }
  return new DOMParser().parseFromString(html, "text/html").querySelector<HTMLElement>(".dj")!;
}
