import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CODES } from './stop.ts';
import type { ExitCode } from './usage.ts';

/**
 * Runs an operator's command in a process of its own, because clients know the API only, and operators work on tables and
 * buckets.
 */
export async function runOperator(command: string, args: readonly string[]): Promise<ExitCode> {
  const file = fileURLToPath(new URL(`../../infra/operator/${command}.ts`, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], { stdio: 'inherit' });
  // Windows itself tells both of Ctrl-C; a `kill` there would end the child at once.
  const pass = (signal: NodeJS.Signals) => void (process.platform !== 'win32' && child.kill(signal));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, pass);
  const codes = Object.entries(CODES);
  const stopped = codes.find(([name, number]) => name === signal || number === code)?.[1];
  return stopped ?? (code === 0 || code === 2 ? code : 1);
}
