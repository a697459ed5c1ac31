import { chmod, copyFile, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of public data that the demo dashboards query. */
type DemoFile = {
  /** Where it is inside the vega-datasets package. */
  readonly packagePath: string;
  /** Its name in the tenant's folder, which definitions refer to. */
  readonly name: string;
  /** The terms under which its publisher gives it away; LICENSES.md says more. */
  readonly licence: string;
  /** Who published it, as the licence wants it credited. */
  readonly source: string;
};

const usGovernment = "U.S. Government work";

/** What `installDemoFiles` installs: freely licensed data only. */
export const demoFiles: readonly DemoFile[] = [
  {
    packagePath: "data/airports.csv",
    name: "airports.csv",
    licence: usGovernment,
    source: "Data.gov",
  },
  {
    packagePath: "data/co2-concentration.csv",
    name: "co2-concentration.csv",
    licence: "CC-BY-4.0",
    source: "Scripps CO2 Program, Scripps Institution of Oceanography at UC San Diego",
  },
  {
    packagePath: "data/earthquakes.json",
    name: "earthquakes.json",
    licence: usGovernment,
    source: "U.S. Geological Survey",
  },
  {
    packagePath: "data/flights-3m.parquet",
    name: "flights-3m.parquet",
    licence: usGovernment,
    source: "U.S. Bureau of Transportation Statistics",
  },
  {
    packagePath: "data/global-temp.csv",
    name: "global-temp.csv",
    licence: usGovernment,
    source: "GISTEMP Team, NASA Goddard Institute for Space Studies",
  },
  {
    packagePath: "data/seattle-weather-hourly-normals.csv",
    name: "seattle-weather-hourly-normals.csv",
    licence: usGovernment,
    source: "NOAA National Climatic Data Center",
  },
  {
    packagePath: "data/us-employment.csv",
    name: "us-employment.csv",
    licence: usGovernment,
    source: "U.S. Bureau of Labor Statistics",
  },
  {
    packagePath: "data/weather.csv",
    name: "weather.csv",
    licence: usGovernment,
    source: "NOAA National Climatic Data Center",
  },
];

/** Files from this size on are announced: 4 MiB, because smaller ones are copied before a line could be read. */
const announcedBytes = 4 * 1024 * 1024;

/**
 * Puts the demo's files into a tenant's folder, which it makes if need be, readable by every user of
 * the machine, since queries may run as another one. A file that is there with the right size stays
 * as it is; a new one appears complete or not at all. Calls `progress` before copying a big file.
 * Fails when vega-datasets is not installed or the folder cannot be written.
 */
export async function installDemoFiles(tenantFolder: string, progress?: (line: string) => void): Promise<void> {
  const packageFolder = fileURLToPath(new URL("../", import.meta.resolve("vega-datasets")));
  await mkdir(tenantFolder, { recursive: true });
  await chmod(tenantFolder, 0o755);
  for (const file of demoFiles) {
    await installFile(join(packageFolder, file.packagePath), join(tenantFolder, file.name), progress);
  }
}

async function installFile(from: string, to: string, progress?: (line: string) => void): Promise<void> {
  const { size } = await stat(from);
  if ((await sizeOf(to)) === size) return;
  if (size >= announcedBytes) progress?.(`copying ${(size / 1e6).toFixed(1)} MB of demo data to ${to}`);
  // The name is of this process alone, so that two that start at once do not write the same file.
  const partial = `${to}.${process.pid}.partial`;
  try {
    await copyFile(from, partial);
    await chmod(partial, 0o644);
    await rename(partial, to);
  } finally {
    await rm(partial, { force: true });
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return found?.size;
}
