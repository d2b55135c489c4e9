import { readFileSync } from 'node:fs';

/**
 * The peak memory of this process in bytes. On Linux `maxRSS` includes what the parent held when it forked; the peak of
 * the process itself is VmHWM (proc(5)).
 */
export function peakMemory(): number {
  const { maxRSS } = process.resourceUsage();
  try {
    const [, own] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Number(own ?? maxRSS) * 1024;
  } catch {
    return maxRSS * 1024;
  }
}
