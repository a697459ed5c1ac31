/**
 * Does some work, and returns how many milliseconds of CPU time this thread took for it: what other tests take of the
 * machine meanwhile, and waiting for a core, are not in it.
 */
export function cpuMsOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
