import { readFileSync } from 'node:fs';
import { didYouMean } from '../../domain/values/nearest.ts';
import { Unreachable } from '../typescript/transport.ts';
import { LogFault, sentenceOf } from './log/fault.ts';
import { Unproven } from './proven/unproven.ts';
import { type ExitCode, Failure, type Subcommand, type Terminal, UsageError } from './usage.ts';

interface Listed {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Imports the command: only what runs is loaded, because most of the time that a short command takes is for that. */
  readonly load: () => Promise<Subcommand>;
}

/** Every command by its name. */
export const subcommands: Readonly<Record<string, Listed>> = {
  submit: { summary: 'submit files of commands', load: async () => (await import('./submit.ts')).submit },
  get: { summary: 'one record', load: async () => (await import('./read/get.ts')).get },
  list: { summary: 'the records of a collection', load: async () => (await import('./read/list.ts')).listRecords },
  search: {
    summary: 'records by name, number or identifier',
    load: async () => (await import('./read/search.ts')).searchRecords,
  },
  history: {
    summary: 'the events of a record, with what each changed',
    load: async () => (await import('./read/history.ts')).history,
  },
  members: { summary: 'the members of a body on a day', load: async () => (await import('./read/members.ts')).members },
  statistics: {
    summary: 'how many there are, by time and kind',
    load: async () => (await import('./read/statistics.ts')).showStatistics,
  },
  relations: {
    summary: 'who signs with whom',
    load: async () => (await import('./read/relations.ts')).showRelations,
  },
  replay: {
    summary: 'the events in sealed order; or compare the read models with them',
    load: async () => (await import('./replay.ts')).replay,
  },
  verify: {
    summary: 'recompute the whole published log and check its signature',
    load: async () => (await import('./verify.ts')).verify,
  },
  prove: {
    summary: 'what is asked for, with the proof that it is complete and right',
    load: async () => (await import('./prove.ts')).proveAnswer,
  },
  proof: { summary: 'the proof that an event is in the log', load: async () => (await import('./proof.ts')).proof },
  export: {
    summary: 'download the published log as static files, or as tables',
    load: async () => (await import('./export.ts')).exportLog,
  },
  token: { summary: 'a bearer token of the local issuer', load: async () => (await import('./token.ts')).token },
  client: {
    summary: 'what a client recorded, after its token has leaked',
    load: async () => (await import('./client/report.ts')).client,
  },
  doctor: {
    summary: 'for operators: find what is wrong with a registry, and repair it after a restore',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  rebuild: {
    summary: 'for operators: build a read model anew beside the one that is served',
    load: async () => (await import('./rebuild.ts')).rebuild,
  },
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
  const listed = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (!listed) {
    const what = name.startsWith('-') ? 'option' : 'command';
    const known = what === 'option' ? ['--help', '--version'] : [...Object.keys(subcommands), 'help'];
    const meant = didYouMean(name, known);
    terminal.err(`registry has no ${what} "${name}"${meant || '.'}\n\`registry --help\` lists the commands.`);
    return 2;
  }
  const subcommand = await listed.load();
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
    if (error instanceof Unproven) {
      terminal.err(`NOT PROVEN: ${error.message}.`);
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
