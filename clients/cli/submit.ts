import { createHttp, type Http } from './http.ts';
import { COMMON_USAGE, common, parseOptions, urlOf } from './options.ts';
import { createProgress } from './progress.ts';
import { onStop } from './stop.ts';
import { settleEarlierLines } from './submission/earlier-lines.ts';
import { type Entry, entriesOf, type Named } from './submission/entries.ts';
import { readNames, writeNames } from './submission/ids-file.ts';
import { loadLines } from './submission/load-lines.ts';
import { loadWhole } from './submission/load-whole.ts';
import { createOrdering } from './submission/order.ts';
import { readSubmission, type SubmissionFile } from './submission/read-file.ts';
import { openReceipts } from './submission/receipts-file.ts';
import { createReport } from './submission/report.ts';
import type { Run } from './submission/run.ts';
import { givenToken, makeToken, tokenOptions } from './token.ts';
import { type ExitCode, Failure, type Subcommand, type Terminal, UsageError } from './usage.ts';

const usage = `registry submit FILE… [--client NAME [--data DIR] | --token T] [--dry-run] [--receipts FILE] [--ids FILE]
                [--key PREFIX] [--url URL] [--json]

Submits the commands of files; - is standard input. A file is either of two things, told by .ndjson or .jsonl at the end of
its name, else by its content:

  NDJSON         a command on each line, {"command": …, "as"?: …, "target"?: …, "data": …}. Each line is recorded by itself.
                 One that is refused holds back those that refer to what it names, and no others.
  a JSON object  with a list of "commands", like those under examples/. They are recorded as a whole: in one submission, or,
                 if they are more than one holds, in several, after dry runs have found nothing to refuse.

"#name" means the record to which another command, in the same file or in one before it, gave this name with "as". An
agreement of more parties or signatures than one event holds is cut into its opening and the acts that add the others.

Running it again records nothing twice: each line, and each submission of an object, has a key that is made of its content.
Lines may have been added, removed or moved meanwhile. Equal lines are counted: a second one is another command.

${COMMON_USAGE}
  --token T      a bearer token (else environment variable REGISTRY_TOKEN)
  --client NAME  a client of the local issuer instead of a token (else the one that the file names)
  --data DIR     the data directory of the local registry, for --client
  --dry-run      say what would be refused or warned of, and write nothing. What stands on more unrecorded commands than
                 one request holds is not judged, and told so. Warnings compare only what one request holds.
  --receipts FILE  add each receipt, with the leaf hashes of its events, to this file as a line of JSON, as soon as it is there
  --ids FILE     read the ids of names from this file, and write them back, also those that are new
  --key PREFIX   keys of its own, which begin with PREFIX: what was recorded without it is recorded again. In a file
                 with a list of commands they are numbers: another file needs another PREFIX

It prints a line for each command as soon as it is accepted, with its warnings under it. Each refusal is a line: file and
line of the command, the place in it, the rule, and what would be right.

Example: registry submit examples/guangzhou-2023/01-organizations.json --client gzde --dry-run
Exit codes: 0 all of it is recorded, or would be as far as it can be judged; 1 something was refused, or failed; 2 the
command line does not fit; 130 interrupted (Ctrl-C), after a summary of what was recorded.`;

const options = {
  ...common,
  ...tokenOptions,
  key: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  receipts: { type: 'string' },
  ids: { type: 'string' },
} as const;
type Values = ReturnType<typeof parseOptions<typeof options>>['values'];

export const submit: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, options, true);
    if (positionals.length === 0) throw new UsageError('Name at least one file, or - for standard input.');
    if (values.key !== undefined && !/^[\x20-\x7e]{1,200}$/.test(values.key)) {
      throw new UsageError('--key takes 1 to 200 printable characters.');
    }
    const http = createHttp(urlOf(values.url, terminal));
    const files = await Array.fromAsync(positionals, readSubmission);
    const tokens = await Array.fromAsync(files, (file) => tokenFor(file, values, terminal));
    const names = values.ids === undefined ? new Map<string, Named>() : await readNames(values.ids);
    return load({ http, files, tokens, names, values, terminal });
  },
};

async function tokenFor({ name, client }: SubmissionFile, values: Values, terminal: Terminal): Promise<string> {
  const given = await givenToken(values, terminal);
  if (given !== undefined) return given;
  if (client === undefined) throw new UsageError(`Who submits ${name}? Give --token or --client.`);
  return (await makeToken(client, values.data)).access_token;
}

interface Load {
  readonly http: Http;
  readonly files: readonly SubmissionFile[];
  /** Of whoever submits each file. */
  readonly tokens: readonly string[];
  names: Map<string, Named>;
  readonly values: Values;
  readonly terminal: Terminal;
}

/** Loads one file after the other, and says at the end what became of them, however it ends. */
async function load(given: Load): Promise<ExitCode> {
  const { files, values, terminal } = given;
  const report = createReport(terminal, values.json);
  const receipts = values.receipts === undefined ? undefined : openReceipts(values.receipts);
  using stop = onStop();
  const outcomes: Run['outcomes'] = new Map();
  const underWay = new Set<Entry>();
  const entries: Entry[] = [];
  let failure: Error | undefined;
  const progress = createProgress(
    terminal,
    'submitting',
    files.reduce((sum, { commands }) => sum + commands.length, 0),
  );
  const tell: Run['tell'] = (outcome) => {
    progress.end();
    receipts?.add(outcome);
    report.tell(outcome);
    progress.at(outcomes.size);
  };
  const shared = {
    http: given.http,
    prefix: values.key,
    isDryRun: values['dry-run'],
    stop: stop.signal,
    tell,
    outcomes,
    underWay,
  };
  try {
    await Promise.race([loadFiles(given, entries, shared, report.unread), stop.patience]);
  } catch (error) {
    failure = error as Error;
  }
  progress.end();
  for (const entry of entries)
    if (!outcomes.has(entry)) report.count(underWay.has(entry) && !values['dry-run'] ? 'unanswered' : 'not-sent');
  receipts?.close();
  if (values.ids !== undefined && !values['dry-run']) await writeNames(values.ids, given.names);
  report.conclude({
    names: given.names,
    isDryRun: values['dry-run'],
    interrupted: stop.code !== undefined,
    failure: failure?.message,
  });
  if (failure && !(values.json && failure instanceof Failure)) throw failure;
  return stop.code ?? (failure || report.hasFaults() ? 1 : 0);
}

async function loadFiles(
  given: Load,
  all: Entry[],
  shared: Omit<Run, 'token' | 'filePrefix'>,
  unread: ReturnType<typeof createReport>['unread'],
): Promise<void> {
  const ordering = createOrdering();
  const { values } = given;
  const isOne = values.client !== undefined || values.token !== undefined;
  const work = given.files.map((file, at) => {
    const earlier = given.names;
    const made = entriesOf(isOne ? { ...file, client: undefined } : file, earlier);
    given.names = made.names;
    all.push(...made.entries);
    const filePrefix = values.key === undefined || given.files.length === 1 ? values.key : `${values.key}-${at + 1}`;
    return { file, earlier, entries: made.entries, own: { token: given.tokens[at] ?? '', filePrefix } };
  });
  for (const { file, earlier, entries, own } of work) {
    if (shared.stop.aborted) return;
    const run: Run = { ...shared, ...own };
    const order = ordering.add(entries);
    unread(file.name, file.unread);
    if (file.isWhole) {
      await loadWhole(run, ordering, entries, earlier);
    } else {
      await settleEarlierLines(run, entries, earlier);
      await loadLines(run, ordering, order);
    }
  }
}
