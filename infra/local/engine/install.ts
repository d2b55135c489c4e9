import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { writeWhole } from '../data-directory.ts';
import { StartFailure } from '../start-errors.ts';
import { ENGINES, type EnginePackage } from './pinned.ts';

/** What was installed: the integrity of the archive, and the hash of each file that was in it, by its path. */
interface Installation {
  readonly integrity: string;
  readonly files: Readonly<Record<string, string>>;
}

const RECORD = join(ENGINES, 'installed.json');
const specOf = ({ name, version }: EnginePackage): string => `${name}@${version}`;
const folderOf = (one: EnginePackage): string => join(ENGINES, specOf(one).replace(/^@/, '').replace('/', '-'));

/**
 * The folder of a package that was installed here; undefined where none was.
 *
 * @throws StartFailure when it is not what was installed
 */
export function installedFolder(one: EnginePackage): string | undefined {
  const folder = folderOf(one);
  if (!existsSync(folder)) return undefined;
  const installed = readRecord()[specOf(one)];
  if (!installed || !isSame(hashesIn(folder), installed.files)) {
    throw new StartFailure(
      `${folder} is not what was installed (${installed?.integrity ?? 'nothing tells what'}): remove it, and start with --install-engine`,
    );
  }
  return folder;
}

/**
 * Installs a package with npm as it is configured on this machine, without what it depends on and without running any of
 * its scripts. What is pinned, or was installed here before, is refused when its contents have changed.
 *
 * @returns the integrity of its archive
 * @throws StartFailure
 */
export async function install(one: EnginePackage): Promise<string> {
  mkdirSync(ENGINES, { recursive: true });
  const workshop = mkdtempSync(join(ENGINES, 'new-'));
  try {
    await run(npm(), ['pack', specOf(one), '--ignore-scripts', '--loglevel=error'], workshop);
    const [archive = ''] = readdirSync(workshop);
    const integrity = `sha512-${sha512(join(workshop, archive), 'base64')}`;
    const expected = one.integrity ?? readRecord()[specOf(one)]?.integrity ?? integrity;
    if (integrity !== expected) {
      throw new StartFailure(`npm brings another ${specOf(one)} than expected: ${integrity} instead of ${expected}`);
    }
    await run(['tar'], ['-xzf', archive], workshop);
    const unpacked = join(workshop, 'package');
    for (const file of Object.keys(hashesIn(unpacked))) chmodSync(join(unpacked, file), 0o700);
    const record = { ...readRecord(), [specOf(one)]: { integrity, files: hashesIn(unpacked) } };
    writeWhole(RECORD, `${JSON.stringify(record, null, 2)}\n`);
    rmSync(folderOf(one), { recursive: true, force: true });
    renameSync(unpacked, folderOf(one));
    return integrity;
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

/** npm without a shell, where npm itself tells where it is; else by its name. */
function npm(): string[] {
  const cli = process.env.npm_execpath;
  return cli && basename(cli) === 'npm-cli.js' ? [process.execPath, cli] : ['npm'];
}

/** @throws StartFailure with what the program said */
async function run([command = '', ...before]: readonly string[], args: readonly string[], cwd: string): Promise<void> {
  // npm is a script of cmd.exe there. No argument has a character that means something to it.
  const shell = process.platform === 'win32' && command === 'npm';
  try {
    await promisify(execFile)(command, [...before, ...args], { cwd, shell, windowsHide: true });
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    const said = stderr
      .replace(/^npm (error|ERR!) */gm, '')
      .trim()
      .split('\n')
      .slice(0, 2)
      .join(', ');
    throw new StartFailure(`${command} ${args[0]} fails: ${said || message}`);
  }
}

function readRecord(): Readonly<Record<string, Installation>> {
  return existsSync(RECORD) ? JSON.parse(readFileSync(RECORD, 'utf8')) : {};
}

const sha512 = (file: string, as: 'hex' | 'base64') => createHash('sha512').update(readFileSync(file)).digest(as);

function hashesIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  return Object.fromEntries(files.map((file) => [relative(folder, file).split(sep).join('/'), sha512(file, 'hex')]));
}

const isSame = (one: object, other: object): boolean => JSON.stringify(one) === JSON.stringify(other);
