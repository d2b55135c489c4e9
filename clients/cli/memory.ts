import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has held, in bytes. Linux counts in `maxRSS` also what the parent held when it made
 * the process, and tells the process's own peak as VmHWM (proc(5)); elsewhere `maxRSS` is the one.
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
