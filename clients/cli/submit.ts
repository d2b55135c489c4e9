import { counted } from './counted.ts';
import { createHttp } from './http.ts';
import { COMMON_USAGE, common, parseOptions, urlOf } from './options.ts';
import { createProgress } from './progress.ts';
import { chunksOf } from './submission/chunks.ts';
import { cutOpenings } from './submission/cut-openings.ts';
import { createNaming } from './submission/names.ts';
import { readSubmission, type SubmissionFile } from './submission/read-file.ts';
import { type ChunkOutcome, type Refused, submitChunks } from './submission/submit-chunks.ts';
import { givenToken, makeToken, tokenOptions } from './token.ts';
import { type ExitCode, printJson, type Subcommand, type Terminal, UsageError } from './usage.ts';

const usage = `registry submit FILE… [--client NAME [--data DIR] | --token T] [--key PREFIX] [--url URL] [--json]

Submits the commands of files: JSON objects with "commands", like those under examples/, or NDJSON with a command on each
line: {"command": …, "as"?: …, "target"?: …, "data": …}. It sends them in order, in submissions of at most 99 commands
and 256 KiB; each submission is recorded as a whole or not at all. An agreement of more parties or signatures than one
event holds is cut into its opening and the acts that add the others. "#name" means the record to which an earlier command,
in the same file or in one before it, gave this name with "as".

Running it again sends the same keys: nothing is recorded twice, and a run that was interrupted goes on.

${COMMON_USAGE}
  --token T      a bearer token (else environment variable REGISTRY_TOKEN)
  --client NAME  a client of the local issuer instead of a token (else the one that the file names)
  --data DIR     the data directory of the local registry, for --client
  --key PREFIX   keys <PREFIX>-1, <PREFIX>-2 … instead of keys made from the content

Each refusal is a line: file and line of the command, the place in it, the rule, and what would be right.
Exit codes: 0 all of it is recorded; 1 something was refused, or failed; 2 the command line does not fit.`;

const options = {
  ...common,
  ...tokenOptions,
  key: { type: 'string' },
} as const;

export const submit: Subcommand = {
  summary: 'submit files of commands',
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, options, true);
    if (positionals.length === 0) throw new UsageError(`Name at least one file.\n\n${usage}`);
    if (values.key !== undefined && !/^[\x20-\x7e]{1,200}$/.test(values.key)) {
      throw new UsageError('--key takes 1 to 200 printable characters.');
    }
    const http = createHttp(urlOf(values.url, terminal));
    const files = await Array.fromAsync(positionals, readSubmission);
    const total = createTotal();
    const ids = new Map<string, string>();
    for (const [index, file] of files.entries()) {
      const token = await tokenFor(file, values, terminal);
      const prefix = values.key === undefined || files.length === 1 ? values.key : `${values.key}-${index + 1}`;
      const lines = cutOpenings(file.commands);
      const commands = lines.map(({ command }) => command);
      for (const { as } of commands) if (as !== undefined) ids.delete(as);
      const progress = createProgress(terminal, 'submitting', commands.length);
      let done = 0;
      for await (const outcome of submitChunks(
        { http, token, prefix, naming: createNaming(commands) },
        chunksOf(lines),
        ids,
      )) {
        progress.end();
        total.add(file, outcome);
        if (!values.json) printChunk(file, outcome, terminal);
        done += outcome.commands.length;
        progress.at(done);
      }
      progress.end();
    }
    return conclude(total.sum, ids, values.json, terminal);
  },
};

type Values = ReturnType<typeof parseOptions<typeof options>>['values'];

async function tokenFor({ name, client }: SubmissionFile, values: Values, terminal: Terminal): Promise<string> {
  const given = await givenToken(values, terminal);
  if (given !== undefined) return given;
  if (client === undefined) throw new UsageError(`Who submits ${name}? Give --token or --client.`);
  return (await makeToken(client, values.data)).access_token;
}

interface Sum {
  readonly recorded: number;
  readonly alreadyThere: number;
  readonly refused: number;
  readonly notSent: number;
  readonly refusals: readonly (Refused & { readonly file: string })[];
}

const fieldOf = { recorded: 'recorded', there: 'alreadyThere', refused: 'refused', 'not-sent': 'notSent' } as const;

function createTotal() {
  let sum: Sum = { recorded: 0, alreadyThere: 0, refused: 0, notSent: 0, refusals: [] };
  function add({ name }: SubmissionFile, outcome: ChunkOutcome): void {
    const field = fieldOf[outcome.is];
    const refusals = 'refusals' in outcome ? outcome.refusals.map((one) => ({ file: name, ...one })) : [];
    sum = { ...sum, [field]: sum[field] + outcome.commands.length, refusals: [...sum.refusals, ...refusals] };
  }
  return {
    add,
    get sum() {
      return sum;
    },
  };
}

/** Prints one line for a submission and one for each refusal. */
function printChunk({ name }: SubmissionFile, outcome: ChunkOutcome, { out, err }: Terminal): void {
  const { commands } = outcome;
  const [first, last] = [commands[0]?.line, commands.at(-1)?.line];
  const place = first === last ? `${name}:${first}` : `${name}:${first}–${last}`;
  if (!('refusals' in outcome)) {
    const what = outcome.is === 'there' ? 'already there' : 'recorded';
    out(`${place}: ${counted(commands.length, 'command')}, ${counted(outcome.events, 'event')} ${what}`);
    return;
  }
  const what = outcome.is === 'refused' ? 'refused' : 'not sent';
  err(`${place}: ${counted(commands.length, 'command')} ${what}:`);
  for (const refusal of outcome.refusals) err(`  ${name}:${sentence(refusal)}`);
}

const sentence = ({ line, pointer, rule, detail }: Refused): string =>
  `${line}: ${pointer === '' ? '' : `${pointer}: `}${rule}: ${detail}`;

function conclude(sum: Sum, ids: ReadonlyMap<string, string>, json: boolean, terminal: Terminal): ExitCode {
  const { recorded, alreadyThere, refused, notSent } = sum;
  if (json) printJson(terminal, { ...sum, ids: Object.fromEntries(ids) });
  else terminal.out(`${recorded} recorded, ${alreadyThere} already there, ${refused} refused, ${notSent} not sent.`);
  return refused + notSent > 0 ? 1 : 0;
}
