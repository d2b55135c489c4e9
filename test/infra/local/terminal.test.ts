import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';

/** What the terminal shows of these lines on stdout, and what the log file keeps. */
async function shown(lines: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'registry-terminal-'));
  const file = join(directory, 'functions.log');
  const [out, error] = [process.stdout.write, process.stderr.write];
  let text = '';
  process.stderr.write = ((chunk: string) => {
    text += chunk;
    return true;
  }) as typeof process.stderr.write;
  try {
    vi.resetModules();
    const { keepLogs } = await import('../../../infra/local/terminal.ts');
    const logs = keepLogs(file);
    for (const line of lines) process.stdout.write(`${line}\n`);
    await logs.close();
    return { text, kept: readFileSync(file, 'utf8') };
  } finally {
    [process.stdout.write, process.stderr.write] = [out, error];
    rmSync(directory, { recursive: true });
  }
}
afterEach(() => vi.resetModules());

const entry = (message: string) =>
  JSON.stringify({ level: 'ERROR', service: 'commands', message: 'unforeseen failure', error: { message } });

it('shows a line for an error of a function, but for a full disk, of which the end of the registry tells', async () => {
  const full = 'commit failed (backend: database or disk is full) and rollback also failed';
  const { text, kept } = await shown([entry('out of order'), entry(full)]);
  expect(text).toBe('error: commands: unforeseen failure (out of order)\n');
  expect(kept.split('\n').filter(Boolean)).toEqual([entry('out of order'), entry(full)]);
});
