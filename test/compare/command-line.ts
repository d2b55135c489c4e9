import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ran, Registry } from './builds.ts';
import type { Pair } from './pair.ts';
import type { Report } from './report.ts';

/** What depends on how fast the machine is. */
const MEASURED = /"(seconds|eventsPerSecond|peakMemoryBytes)": [\d.]+/g;

/** What the `registry` command of each build says of its registry. */
export async function compareCommandLine(pair: Pair, folder: string, report: Report): Promise<void> {
  const both = (...args: string[]) => Promise.all(pair.registries.map(({ command }) => command(...args)));
  const help = await both('--help');
  const names = [...(help[0]?.stdout.match(/(?<=^ {2})[a-z]+(?= {2})/gm) ?? [])] as string[];
  report.holds('command line', names.includes('verify'), `registry --help names ${names}`);
  const event = JSON.parse((await pair.registries[0].ask({ path: '/v1/events?limit=1' })).body)[0].id;
  for (const args of [
    ['replay'],
    ['replay', '--ndjson'],
    ['replay', '--compare', '--rows', '--json'],
    ['verify', '--json'],
    ['proof', event],
  ]) {
    const [before, now] = (await both(...args)).map(outcome) as [string, string];
    report.same('command line', `registry ${args.join(' ')}`, before, now);
  }
  // What is said to people.
  for (const args of [['--help'], ...names.map((name) => [name, '--help']), ['proof', 'nobody/1'], ['nonsense']]) {
    const [before, now] = (await both(...args)) as [Ran, Ran];
    report.same('command line', `registry ${args.join(' ')}`, String(before.code), String(now.code));
    report.allow('command line: words', outcome(before).split('\n'), outcome(now).split('\n'));
  }
  const exported = await Promise.all(
    pair.registries.map((registry, index) => exportOf(registry, join(folder, `export-${index}`))),
  );
  report.same('command line', 'registry export', exported[0] ?? '', exported[1] ?? '');
}

const outcome = ({ code, stdout, stderr }: Ran) => `${code}\n${stdout.replace(MEASURED, '"$1": 0')}${stderr}`;

/** The files that come of it, with their digests. */
async function exportOf({ command }: Registry, folder: string): Promise<string> {
  const { code, stdout, stderr } = await command('export', folder, '--json');
  const files = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((file) => file.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name)).sort();
  const digests = paths.map(
    (path) => `${path.slice(folder.length)} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`,
  );
  return [code, stdout, stderr, ...digests].join('\n');
}
