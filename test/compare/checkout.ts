import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Build, run } from './builds.ts';
import type { Report } from './report.ts';

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
}

/** What is compared without a registry: the stacks that are deployed, and the tests that the second engine runs. */
export async function compareCheckouts(builds: readonly [Build, Build], folder: string, report: Report): Promise<void> {
  await compareStacks(builds, folder, report);
  await compareTests(builds, report);
}

async function compareStacks(builds: readonly [Build, Build], folder: string, report: Report): Promise<void> {
  const synthesized: string[] = [];
  for (const [index, build] of builds.entries()) {
    const to = join(folder, `stacks-${index}`);
    // The templates of both stacks, and the code of the functions of none.
    const ran = await run(build, 'npm', [
      'run',
      'synth',
      '--silent',
      '--',
      '--output',
      to,
      'RegistryData',
      '--exclusively',
    ]);
    if (ran.code !== 0) throw new Error(`npm run synth of ${build.name}: ${ran.stderr}`);
    synthesized.push(to);
  }
  const templates = (stack: string) =>
    synthesized.map((to) => JSON.parse(readFileSync(join(to, `${stack}.template.json`), 'utf8')) as Template);
  const ids = ({ Resources }: Template) =>
    Object.entries(Resources)
      .map(([id, { Type }]) => `${id} ${Type}`)
      .sort();
  const [before, now] = templates('RegistryData') as [Template, Template];
  for (const id of new Set([...ids(before), ...ids(now)])) {
    const is = (of: Template) => String(ids(of).includes(id));
    report.same('RegistryData: logical ids', id, is(before), is(now));
  }
  report.sameButForTexts('RegistryData: template', '', JSON.stringify(before), JSON.stringify(now));
  const services = templates('RegistryService').map(wiringOf);
  report.allow('RegistryService: template, without code', services[0] ?? [], services[1] ?? []);
}

/** Line by line, without what follows from where the code is and what it says. */
const wiringOf = ({ Resources }: Template): string[] =>
  Object.entries(Resources).flatMap(([id, { Type, Properties }]) =>
    JSON.stringify({ Type, Properties }, null, 1)
      .split('\n')
      .filter((line) => !/"S3Key"/.test(line))
      .map((line) => `${id} ${line}`),
  );

/** A test that runs on the second engine in one build and not in the other is listed; fewer of them are a fault. */
async function compareTests(builds: readonly [Build, Build], report: Report): Promise<void> {
  const [before, now] = (await Promise.all(builds.map(testsOnSecondEngine))) as [string[], string[]];
  const what = `tests on the second engine: ${before.length}, ${now.length}`;
  report.holds(
    what,
    before.length > 0 && now.length >= before.length,
    `there were ${before.length}, there are ${now.length}`,
  );
  report.allow(what, before.sort(), now.sort());
}

async function testsOnSecondEngine(build: Build): Promise<string[]> {
  const script = readFileSync(join(build.root, '.ci/run'), 'utf8');
  const [, braced = ''] = /\.ci\/dynamodb-local npm test -- ([^|&>]*?) 2>/.exec(script) ?? [];
  const { stdout: paths } = await run(build, 'bash', ['-c', `echo ${braced}`]);
  const vitest = join(build.root, 'node_modules/.bin/vitest');
  const { code, stdout, stderr } = await run(build, vitest, ['list', ...paths.trim().split(' '), '--json']);
  if (code !== 0) throw new Error(`vitest list of ${build.name}: ${stderr}`);
  return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
}
