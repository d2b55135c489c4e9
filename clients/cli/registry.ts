import { readFileSync } from 'node:fs';
import { didYouMean } from '../../domain/values/nearest.ts';
import { Unreachable } from '../typescript/transport.ts';
import { client } from './client/report.ts';
import { doctor } from './doctor.ts';
import { exportLog } from './export.ts';
import { LogFault, sentenceOf } from './log/fault.ts';
import { proof } from './proof.ts';
import { get } from './read/get.ts';
import { history } from './read/history.ts';
import { listRecords } from './read/list.ts';
import { members } from './read/members.ts';
import { rebuild } from './rebuild.ts';
import { replay } from './replay.ts';
import { submit } from './submit.ts';
import { token } from './token.ts';
import { type ExitCode, Failure, type Subcommand, type Terminal, UsageError } from './usage.ts';
import { verify } from './verify.ts';

/** Every command by its name. */
export const subcommands: Readonly<Record<string, Subcommand>> = {
  submit,
  get,
  list: listRecords,
  history,
  members,
  replay,
  verify,
  proof,
  export: exportLog,
  token,
  client,
  doctor,
  rebuild,
};

const summaries = Object.entries(subcommands).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
const USAGE = `registry <command> [options]

${summaries.join('\n')}

\`registry help <command>\` tells more, with an example. \`registry --version\` prints the version.
Exit codes: 0 done, or what was checked holds; 1 a fault was found, or something failed; 2 the command line does not fit;
130 interrupted (Ctrl-C); 141 whoever read the output has stopped reading, such as head.`;

const HELP = ['--help', '-h'];

/** The version of the package that this file is part of. */
function version(): string {
  const { name, version: number } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return `${name} ${number}`;
}

/** Runs a command line and returns its exit code. */
export async function runRegistry([first = '--help', ...rest]: string[], terminal: Terminal): Promise<ExitCode> {
  const [name = '', ...args] = first === 'help' ? [...rest.slice(0, 1), '--help'] : [first, ...rest];
  if (HELP.includes(name)) {
    terminal.out(USAGE);
    return 0;
  }
  if (name === '--version') {
    terminal.out(version());
    return 0;
  }
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (!subcommand) {
    const what = name.startsWith('-') ? 'option' : 'command';
    const known = what === 'option' ? ['--help', '--version'] : [...Object.keys(subcommands), 'help'];
    const meant = didYouMean(name, known);
    terminal.err(`registry has no ${what} "${name}"${meant || '.'}\n\`registry --help\` lists the commands.`);
    return 2;
  }
  if (args.some((arg) => HELP.includes(arg))) {
    terminal.out(subcommand.usage);
    return 0;
  }
  try {
    return await subcommand.run(args, terminal);
  } catch (error) {
    if (error instanceof LogFault) {
      terminal.err(`FAULT at ${sentenceOf(error)}.`);
      return 1;
    }
    // An error of the operating system (no space, no permission) needs no stack either.
    const isOfSystem = (error as NodeJS.ErrnoException).syscall !== undefined;
    const isExpected =
      error instanceof UsageError || error instanceof Failure || error instanceof Unreachable || isOfSystem;
    terminal.err(isExpected ? (error as Error).message : ((error as Error).stack ?? String(error)));
    return error instanceof UsageError ? 2 : 1;
  }
}
