import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWhole } from './data-directory.ts';

/** A synthesized stack. */
export interface Stack {
  readonly name: string;
  readonly template: Template;
}

interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
  >;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** What is known only when the local run starts. */
export interface Site {
  readonly origin: string;
  readonly issuer: string;
  /** Where this run serves the issuer's discovery document. */
  readonly discovery: string;
}

/** In place of the site in cached templates, so that one set of them serves every directory and port. */
const PLACEHOLDERS: Site = {
  origin: 'origin.invalid',
  issuer: 'https://issuer.invalid',
  discovery: 'https://discovery.invalid',
};
const CONFIG = {
  stage: 'local',
  registrars: ['registrar'],
  // The local issuer has this registry alone.
  requiredClaims: { iss: PLACEHOLDERS.issuer },
  tokenType: 'at+jwt',
  ...PLACEHOLDERS,
} as const;

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What synthesis reads. The local run and the operator's commands do not affect templates. */
const READ = ['infra', 'domain', 'functions/http'];
const NOT_READ = ['infra/local', 'infra/operator'];
const CACHE = join(root, 'node_modules/.cache/registry');

/** The stacks of the app under `infra/`: from the cache, or synthesized when their sources have changed. */
export async function readTemplates(site: Site): Promise<Stack[]> {
  const file = join(CACHE, `templates-${fingerprint()}.json`);
  const text = readCache(file) ?? (await synthesize(file));
  const names = ['origin', 'issuer', 'discovery'] as const;
  return JSON.parse(names.reduce((all, name) => all.replaceAll(PLACEHOLDERS[name], site[name]), text));
}

/** The files by which templates differ. */
export function templateSources(): string[] {
  const read = READ.flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !NOT_READ.some((folder) => file.startsWith(join(root, folder, sep))));
  return [...read, join(root, 'package-lock.json')].sort();
}

function fingerprint(): string {
  const hash = createHash('sha256').update(JSON.stringify([CONFIG, process.version]));
  for (const file of templateSources()) hash.update(`\n${relative(root, file)}\n`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 32);
}

function readCache(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Synthesizes the stacks. Nothing else in the local run loads the CDK. */
async function synthesize(cacheFile: string): Promise<string> {
  const { buildApp } = await import('../synthesize.ts');
  const outdir = mkdtempSync(join(tmpdir(), 'signings-registry-cdk-'));
  try {
    const assembly = buildApp({ config: CONFIG, outdir, bundling: false, validation: false }).synth();
    const stacks: Stack[] = assembly.stacks.map(({ stackName, template }) => ({ name: stackName, template }));
    const text = JSON.stringify(stacks);
    keep(cacheFile, text);
    return text;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Caches templates and removes those of older sources. Where nothing can be written, the next start synthesizes again. */
function keep(file: string, text: string): void {
  try {
    mkdirSync(CACHE, { recursive: true });
    for (const name of readdirSync(CACHE)) if (name.startsWith('templates-')) rmSync(join(CACHE, name));
    writeWhole(file, text);
  } catch {}
}
