import { execFile } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { installedFolder } from './install.ts';
import { BINARY, type dynoxidePackage, pinnedVersion } from './pinned.ts';

/** A dynoxide on this machine. */
export interface Found {
  readonly binary: string;
  readonly version: string;
  /** Where it was found, for the terminal. */
  readonly where: string;
}

/**
 * The pinned version first, as npm or this registry installed it: what is on the path belongs to somebody else, who may change
 * it. `unfit` is told of each program on the path that is no version to take.
 */
export async function findDynoxide(
  wanted: ReturnType<typeof dynoxidePackage>,
  unfit: (what: string) => void,
): Promise<Found | undefined> {
  if (wanted) {
    const { name, version } = wanted;
    const ofNpm = packageFolder(name, import.meta.url);
    if (ofNpm) return { binary: join(ofNpm, BINARY), version, where: 'node_modules' };
    const installed = installedFolder(wanted);
    if (installed) return { binary: join(installed, BINARY), version, where: installed };
  }
  for (const binary of onPath(wanted?.name)) {
    const version = isScript(binary) ? undefined : await versionOf(binary);
    if (version !== undefined && isCompatible(version, pinnedVersion()))
      return { binary, version, where: `the path (${binary})` };
    unfit(`${binary} is ${version === undefined ? 'no program of dynoxide that runs' : `dynoxide ${version}`}`);
  }
  return undefined;
}

function packageFolder(name: string, from: string): string | undefined {
  try {
    const folder = dirname(createRequire(from).resolve(`${name}/package.json`));
    return existsSync(join(folder, BINARY)) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** What is on the path under this name. npm puts a script there: a kill would not reach what that runs, which is taken instead. */
function onPath(name: string | undefined): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute);
  return folders.flatMap((folder) => {
    const program = join(folder, BINARY);
    const script = process.platform === 'win32' ? join(folder, 'dynoxide.cmd') : program;
    if (existsSync(program) && (script !== program || !isScript(program))) return [program];
    if (!existsSync(script)) return [];
    const wrapper =
      script === program ? realpathSync(script) : join(folder, 'node_modules', 'dynoxide', 'package.json');
    const behind = name === undefined ? undefined : packageFolder(name, wrapper);
    return [behind ? join(behind, BINARY) : script];
  });
}

function isScript(file: string): boolean {
  try {
    const start = Buffer.alloc(2);
    const opened = openSync(file, 'r');
    readSync(opened, start);
    closeSync(opened);
    return start.toString() === '#!';
  } catch {
    return false;
  }
}

async function versionOf(binary: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(binary, ['--version'], { timeout: 5000, windowsHide: true });
    return /^dynoxide (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** The same major version, and none before the pinned one (Semantic Versioning 2.0.0). */
export function isCompatible(version: string, pinned: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0, wantedPatch = 0] = pinned.split('.').map(Number);
  return major === wantedMajor && (minor > wantedMinor || (minor === wantedMinor && patch >= wantedPatch));
}
