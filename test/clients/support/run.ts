import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runRegistry } from '../../../clients/cli/registry.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process. */
export async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runRegistry([...args], { out: (line) => out.push(line), err: (line) => err.push(line), env });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** What happened, told as one JSON object. */
export async function runJson(
  ...args: string[]
): Promise<{ code: number; json: Record<string, unknown>; err: string }> {
  const { code, out, err } = await run([...args, '--json']);
  if (out === '') throw new Error(`nothing on stdout; stderr: ${err}`);
  return { code, json: JSON.parse(out), err };
}

export interface Directory {
  readonly path: string;
  file(name: string): string;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function temporary(): Promise<Directory> {
  const path = await mkdtemp(join(tmpdir(), 'registry-cli-'));
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
