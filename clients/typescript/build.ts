import { spawnSync } from 'node:child_process';
import { cp, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writtenOut } from './written-out.ts';

/**
 * Makes the package: one file of JavaScript, and declarations that need nothing outside it. The types that come from the
 * register's own shapes are written out, so that who installs the package needs neither zod nor the domain.
 */
const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const dist = join(here, 'dist');

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await build({
  entryPoints: [join(here, 'index.ts')],
  outfile: join(dist, 'index.js'),
  bundle: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
});

const work = await mkdtemp(join(tmpdir(), 'client-types-'));
try {
  await declare(work);
} finally {
  await rm(work, { recursive: true, force: true });
}
await cp(join(root, 'LICENSE'), join(here, 'LICENSE'));
await cp(join(root, 'docs/client.md'), join(here, 'README.md'));

/** Copies the declarations that the compiler makes of the client's files; those of `types.ts` are written out. */
async function declare(out: string): Promise<void> {
  const types = await readFile(join(here, 'types.ts'), 'utf8');
  const program = join(out, 'written-out.mts');
  await writeFile(program, writtenOut.program(types, join(here, 'types.ts')));
  const options = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: '/',
      outDir: join(out, 'out'),
      lib: ['esnext', 'dom', 'dom.iterable'],
      types: [],
    },
    files: [join(here, 'index.ts'), program],
    include: [],
  };
  await writeFile(join(out, 'tsconfig.json'), JSON.stringify(options));
  compile(join(out, 'tsconfig.json'));
  for await (const file of glob(join(out, 'out', here, '*.d.ts'))) {
    const text = await readFile(file, 'utf8');
    if (basename(file) !== 'types.d.ts')
      await writeFile(join(dist, basename(file)), text.replaceAll(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'"));
  }
  const declared = await readFile(join(out, 'out', program.replace(/\.mts$/, '.d.mts')), 'utf8');
  await writeFile(join(dist, 'types.d.ts'), writtenOut.declarations(declared));
}

/** The domain's own declarations, some of which cannot be written, are none of the package's. */
function compile(project: string): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, encoding: 'utf8' });
  const errors = stdout.split('\n').filter((line) => /error TS\d+/.test(line) && !line.startsWith('domain/'));
  if (errors.length > 0) throw new Error(errors.join('\n'));
}
