import sparticuz from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

/**
 * Starts the Chromium that comes from npm, headless. The package's own arguments are left out: among
 * them are those that switch off what a page's policies are for. Root has to do without a sandbox.
 */
export async function launchChromium(): Promise<Browser> {
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({
    executablePath: await sparticuz.executablePath(),
    args: [...sandbox, "--disable-gpu", "--disable-dev-shm-usage"],
  });
}
