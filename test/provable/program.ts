import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const source = fileURLToPath(new URL('verify.go', import.meta.url));
const hasGo = process.env.PATH?.split(':').some((folder) => existsSync(join(folder, 'go'))) === true;

/** Why the program cannot be built here. @throws in CI, where it has to be */
export const missingGo = hasGo ? undefined : 'Go verifies proofs with its standard library: install golang-go';
if (missingGo !== undefined && process.env.CI) throw new Error(missingGo);
if (missingGo !== undefined) console.warn(`skipped: ${missingGo}`);

interface AskedOfGo {
  readonly vkey: string;
  /** A query string such as `model=records@4&partition=timeline&limit=25`. */
  readonly question: string;
  /** What the registry answered. */
  readonly answer?: unknown;
  readonly seen?: number | undefined;
  /** A checkpoint that is known. */
  readonly note?: string | undefined;
}

export interface GoVerifier extends AsyncDisposable {
  /** What the program prints of each whole proof: whether it proves the answer. @throws when it crashes */
  verify(proofs: readonly (string | Uint8Array)[], asked: AskedOfGo): Promise<string[]>;
}

/** One process for each proof; what ends in another way than proven or refused is no result. */
const EACH = `at=0
while [ -f "$1/$at" ]; do
  "$2" $3 "$4" "$1/$at" "$5" "$6"; code=$?
  if [ $code -gt 1 ]; then echo "exit code $code"; fi
  at=$((at + 1))
done`;

/** Builds the program that verifies proofs. */
export async function buildGoVerifier(): Promise<GoVerifier> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-provable-'));
  const binary = join(folder, 'verify');
  const env = { ...process.env, GO111MODULE: 'off', GOCACHE: join(folder, 'go-cache'), GOFLAGS: '' };
  await promisify(execFile)('go', ['build', '-o', binary, source], { env });

  return {
    async verify(proofs, { vkey, question, answer, seen, note }) {
      const files = await mkdtemp(join(folder, 'proofs-'));
      await Promise.all(proofs.map((proof, at) => writeFile(join(files, String(at)), proof)));
      const [noteFile, answerFile] = [join(files, 'note'), answer === undefined ? '' : join(files, 'answer')];
      if (note !== undefined) await writeFile(noteFile, note);
      if (answer !== undefined) await writeFile(answerFile, JSON.stringify(answer));
      const known = `${seen === undefined ? '' : `-seen ${seen}`} ${note === undefined ? '' : `-note ${noteFile}`}`;
      const args = ['-c', EACH, 'each', files, binary, known, vkey, question, answerFile];
      const { stdout, stderr } = await promisify(execFile)('sh', args);
      if (stderr !== '') throw new Error(stderr);
      return stdout.trim().split('\n');
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
