import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A package that has an engine. */
export interface EnginePackage {
  readonly name: string;
  readonly version: string;
  /** Of its archive (`sha512-…`); undefined for platforms that nobody has pinned yet. */
  readonly integrity?: string | undefined;
}

const root = new URL('../../../', import.meta.url);
const readJson = (file: string | URL) => JSON.parse(readFileSync(new URL(file, root), 'utf8'));

/** What dynoxide is published for. Windows on ARM runs programs for x64. */
const PLATFORMS: Readonly<Record<string, string>> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm64': 'linux-arm64',
  'linux-x64': 'linux-x64',
  'win32-arm64': 'win32-x64',
  'win32-x64': 'win32-x64',
};

export const platform = `${process.platform}-${process.arch}`;

export const BINARY = process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';

/** The version with which this registry is tested. */
export function pinnedVersion(): string {
  const { optionalDependencies } = readJson('package.json') as { optionalDependencies: Record<string, string> };
  const [version] = Object.entries(optionalDependencies).flatMap(([name, at]) =>
    name.startsWith('@dynoxide/') ? at : [],
  );
  if (version === undefined) throw new Error('package.json names no package of dynoxide');
  return version;
}

/** The package of this platform in the pinned version; undefined when there is none. */
export function dynoxidePackage(): EnginePackage | undefined {
  const published = PLATFORMS[platform];
  if (published === undefined) return undefined;
  const name = `@dynoxide/${published}`;
  const { packages } = readJson('package-lock.json') as { packages: Record<string, { integrity?: string }> };
  return { name, version: pinnedVersion(), integrity: packages[`node_modules/${name}`]?.integrity };
}

/** The package that holds DynamoDB Local. Nothing of what it depends on is needed. */
export const dynamoDbLocalPackage = (): EnginePackage => readJson(new URL('./dynamodb-local.json', import.meta.url));

/** Where engines are installed: beside the default data directory, for all data directories of this checkout. */
export const ENGINES = fileURLToPath(new URL('.engines', root));
