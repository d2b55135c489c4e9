/** Milliseconds of this process's own CPU that work takes: they do not grow with what else runs on the machine. */
export function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The same for work that waits for nothing but other work, in this thread: others collect memory and compile meanwhile. */
export async function cpuOfAsync(work: () => unknown): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
