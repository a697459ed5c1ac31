import type { World } from "./world.ts";

/** Kills the service's process, and resolves when it is gone. */
export async function killService({ service }: Pick<World, "service">): Promise<void> {
  process.kill(service.pid, "SIGKILL");
  await service.ended;
}
