import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Whether this machine has a command. */
export const has = (command: string, ...version: string[]): boolean => spawnSync(command, version).status === 0;

/** The shell snippets of a page, as printed. */
export const snippetsOf = (page: string): string[] =>
  [...readFileSync(`${root}${page}`, 'utf8').matchAll(/```sh\n(.*?)```/gs)].map(([, code = '']) => code);

export interface Place {
  readonly url: string;
  /** The data directory. */
  readonly data: string;
  /** Where files are written; the project's folder without one. */
  readonly folder?: string;
}

/**
 * Runs shell code as printed, but for the port and the data directory, which somebody else may be using, and for how long
 * a busy registry may take. What it prints.
 */
export async function runPrinted(code: string, { url, data, folder = root }: Place): Promise<string> {
  const command = `${root}clients/cli/bin.mjs`;
  const here = code
    .replaceAll('localhost:3000', new URL(url).host)
    .replaceAll('wait=5', 'wait=10')
    .replaceAll('npx registry token', `${command} token --data ${data}`)
    .replaceAll('npx registry', command)
    .replaceAll(/test\/(?=system\/|provable\/)/g, `${root}test/`);
  const env = { ...process.env, REGISTRY_URL: url };
  const { stdout, stderr } = await promisify(execFile)('sh', ['-ec', here], { cwd: folder, env });
  return stdout + stderr.replace(/^warning: .*\n/gm, '');
}
