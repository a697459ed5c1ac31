/**
 * Returns the value of `content-disposition` (RFC 6266) that has a file saved under the name of what it shows. The parts
 * are ids, and whatever in them no file system takes is left out.
 */
export function attachmentOf(parts: readonly string[], format: string): string {
  const stem = parts
    .map((part) => part.replace(/[^A-Za-z0-9_-]/g, ""))
    .filter((part) => part !== "")
    .join("-");
  return `attachment; filename="${stem || "export"}.${format}"`;
}
