const units = ["bytes", "KiB", "MiB", "GiB", "TiB"] as const;

/** Writes a number of bytes with at most one decimal, such as `1 GiB`, `3.4 MiB` or `17 bytes`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(1, bytes)) / 10), units.length - 1);
  return `${Math.floor((bytes / 1024 ** power) * 10) / 10} ${units[power]}`;
}
