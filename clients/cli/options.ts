import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { wholeNumber } from '../../domain/log/bytes.ts';
import { didYouMean } from '../../domain/values/nearest.ts';
import { type Terminal, UsageError } from './usage.ts';

const DEFAULT_URL = 'http://localhost:3000';

/** The options of every command that talks to a registry. */
export const common = { url: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

/** The part of a command's usage about the common options. */
export const COMMON_USAGE = `  --url URL      the registry (environment variable REGISTRY_URL, else ${DEFAULT_URL})
  --json         one JSON object on stdout, for machines`;

/** The part of a command's usage about `--vkey`. */
export const VKEY_USAGE =
  '  --vkey KEY     the verifier key of the log, or a file that holds it (else the one that the log publishes)';

/** Where the usage of a command is told. */
export const moreIn = (usage: string): string => `\`${/^registry \S+/.exec(usage)?.[0]} --help\` tells more.`;

/** @throws UsageError */
export function parseOptions<Options extends ParseArgsOptionsConfig>(
  usage: string,
  args: string[],
  options: Options,
  allowPositionals = false,
) {
  try {
    return parseArgs({ args, options, allowPositionals });
  } catch (error) {
    throw new UsageError(`${saidOf(error as Error, Object.keys(options))}\n${moreIn(usage)}`);
  }
}

/** What is wrong with options, without the advice of `parseArgs` on how to give other ones. */
function saidOf({ message }: Error, known: readonly string[]): string {
  const [, unknown] = /^Unknown option '([^']*)'/.exec(message) ?? [];
  if (unknown === undefined) {
    const [, lacking] = /^Option '(?:-\w, )?(--[\w-]+) <value>' argument/.exec(message) ?? [];
    return lacking === undefined ? (message.split(/\.?\n/)[0] ?? message) : `${lacking} takes a value.`;
  }
  const meant = didYouMean(
    unknown,
    [...known, 'help'].map((name) => `--${name}`),
  );
  return `There is no option ${unknown}${meant || '.'}`;
}

/** The only argument beside the options. @throws UsageError unless there is exactly one */
export function onlyArgument(usage: string, what: string, [first, ...more]: readonly string[]): string {
  if (first === undefined || more.length > 0) throw new UsageError(`Name one ${what}.\n${moreIn(usage)}`);
  return first;
}

/** The registry's address, without the base path of its API and without a slash at its end. @throws UsageError */
export function urlOf(given: string | undefined, { env }: Pick<Terminal, 'env'>): string {
  const text = given ?? env.REGISTRY_URL ?? DEFAULT_URL;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError(`--url takes an address such as ${DEFAULT_URL}, not "${text}".`);
  }
  return text.replace(/\/+$/, '').replace(/\/v1$/, '');
}

/** A position on the command line. @throws UsageError */
export function positionOf(option: string, given: string | undefined): number | undefined {
  const position = given === undefined ? undefined : wholeNumber(given);
  if (given !== undefined && position === undefined) {
    throw new UsageError(`--${option} takes a position, a whole number from 0 on, not "${given}".`);
  }
  return position;
}
