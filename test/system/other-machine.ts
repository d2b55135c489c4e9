import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = 'node_modules/.cache/registry';

/** The package with the embedded engine of this platform. */
export const PLATFORM_PACKAGE = `@dynoxide/${process.platform}-${process.arch}`;
export const BINARY = join(root, 'node_modules', PLATFORM_PACKAGE, 'dynoxide');

/** This checkout in another folder, after an `npm ci` that left out the embedded engine. */
export function checkoutWithoutEngine(folder: string): string {
  for (const name of ['clients', 'domain', 'examples', 'functions', 'infra', 'package.json', 'package-lock.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules')).filter((name) => !/^\.cache|^@dynoxide/.test(name))) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  if (existsSync(join(root, CACHE))) cpSync(join(root, CACHE), join(folder, CACHE), { recursive: true });
  return join(folder, 'infra/local/start.mjs');
}

/** A folder that is the whole path: npm and what it needs, and the programs that are named. */
export function pathOf(folder: string, programs: Readonly<Record<string, string>> = {}): string {
  mkdirSync(folder);
  for (const name of ['npm', 'tar', 'gzip']) symlinkSync(whereIs(name), join(folder, name));
  symlinkSync(process.execPath, join(folder, 'node'));
  for (const [name, program] of Object.entries(programs)) symlinkSync(program, join(folder, name));
  return folder;
}

export function whereIs(name: string): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, name)).find(existsSync);
  if (found === undefined) throw new Error(`there is no ${name} on this machine`);
  return found;
}

/** Packs a folder, or a package of the registry of this machine. The file and its integrity. */
export async function pack(what: string, folder: string): Promise<{ file: string; integrity: string }> {
  mkdirSync(folder, { recursive: true });
  const { stdout } = await promisify(execFile)('npm', ['pack', '--silent', what], { cwd: folder });
  const file = join(folder, stdout.trim().split('\n').at(-1) ?? '');
  return { file, integrity: integrityOf(readFileSync(file)) };
}

const integrityOf = (bytes: Buffer) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

export interface NpmRegistry {
  /** What makes npm ask this registry alone. */
  readonly env: NodeJS.ProcessEnv;
  /** Publishes an archive under a name and a version, also over another one. */
  publish(name: string, version: string, file: string): void;
  close(): Promise<void>;
}

/** An npm registry with nothing in it. */
export async function npmRegistry(cache: string): Promise<NpmRegistry> {
  const packages = new Map<string, object>();
  const archives = new Map<string, Buffer>();
  const server = createServer(({ url = '' }, response) => {
    const path = decodeURIComponent(url.slice(1));
    const found = archives.get(path) ?? JSON.stringify(packages.get(path) ?? null);
    response.writeHead(found === 'null' ? 404 : 200).end(found);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    env: { npm_config_registry: address, npm_config_cache: cache, npm_config_fetch_retries: '0' },
    publish(name, version, file) {
      const bytes = readFileSync(file);
      const archive = `archives/${archives.size}.tgz`;
      archives.set(archive, bytes);
      const dist = { tarball: address + archive, integrity: integrityOf(bytes) };
      packages.set(name, { name, 'dist-tags': { latest: version }, versions: { [version]: { name, version, dist } } });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the lockfile of a checkout pins of a package; undefined: nothing. */
export function pin(folder: string, name: string, integrity: string | undefined): void {
  const file = join(folder, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8')) as {
    packages: Record<string, { integrity?: string | undefined }>;
  };
  lock.packages[`node_modules/${name}`] = { integrity };
  writeFileSync(file, JSON.stringify(lock));
}
