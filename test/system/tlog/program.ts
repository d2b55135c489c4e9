import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const source = fileURLToPath(new URL('.', import.meta.url));

/** Where Debian puts the sources of Go packages. */
const GOPATH = '/usr/share/gocode';

interface Reading {
  readonly code: number;
  readonly output: string;
}

/** Reads the log behind a URL, and holds it to the checkpoints in the files. */
export type ReadLog = (url: string, vkey: string, notes: readonly string[]) => Promise<Reading>;

/** What has to be installed before the program can be built; undefined when it can. */
export function missingForProgram(): string | undefined {
  const hasGo = process.env.PATH?.split(':').some((folder) => existsSync(join(folder, 'go')));
  const hasModule = existsSync(join(GOPATH, 'src/golang.org/x/mod/sumdb/tlog'));
  if (hasGo && hasModule) return undefined;
  return `Go and its package golang.org/x/mod (in ${GOPATH}) read the published log: install golang-go and golang-golang-x-mod-dev`;
}

/** Builds the program into a folder. */
export async function buildProgram(folder: string): Promise<ReadLog> {
  const binary = join(folder, 'tlog');
  const env = { ...process.env, GO111MODULE: 'off', GOPATH, GOCACHE: join(folder, 'go-cache'), GOFLAGS: '' };
  await promisify(execFile)('go', ['build', '-o', binary, '.'], { cwd: source, env });
  return async (url, vkey, notes) => {
    try {
      const { stdout } = await promisify(execFile)(binary, [url, vkey, ...notes]);
      return { code: 0, output: stdout };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, output: stdout + stderr };
    }
  };
}
