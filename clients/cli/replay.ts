import { aggregates, eventDefinitions, isAggregate } from '../../domain/catalog.ts';
import { didYouMean } from '../../domain/values/nearest.ts';
import { compare } from './compare/compare.ts';
import { feedLines, parseLine } from './feed.ts';
import { createHttp, failureOf, type Http, textOf } from './http.ts';
import { COMMON_USAGE, common, moreIn, parseOptions, positionOf, urlOf, VKEY_USAGE } from './options.ts';
import { type ExitCode, type Subcommand, type Terminal, UsageError } from './usage.ts';

const usage = `registry replay [--from N] [--to N] [--stream S] [--type T] [--ndjson] [--url URL]
registry replay --compare [--to N] [--rows] [--projection records] [--vkey KEY] [--url URL] [--json]

Prints the events in sealed order, one on each line: position, time, type, record.

${COMMON_USAGE}
  --from N       begin with position N
  --to N         end with position N
  --stream S     only the events of one record
  --type T       only the events of one type, such as agreement.signed
  --ndjson       the whole events as the API serves them, one JSON object on each line (--json means the same)

With --compare it verifies the published entries against the signed checkpoint, folds them into the rows of a read model,
and compares the digest of these rows with the one that the registry serves. Equal digests show that the read model
follows from the log; otherwise it prints the rows that differ.

  --to N         fail unless the read model is at position N (else compare at the position where it is)
  --rows         read the served rows even if the digests are equal: the registry stores its digest beside the rows, so
                 only reading them shows a row that was altered without it
  --projection P which read model: records, search, statistics or relations (records)
${VKEY_USAGE}

Example: registry replay --type agreement.signed --from 40
Exit codes: 0 done, or the rows are the same; 1 they differ, the read model is at another position, or something failed;
2 the command line does not fit, or there is no such record or type.`;

const options = {
  ...common,
  from: { type: 'string' },
  to: { type: 'string' },
  stream: { type: 'string' },
  type: { type: 'string' },
  ndjson: { type: 'boolean', default: false },
  compare: { type: 'boolean', default: false },
  rows: { type: 'boolean', default: false },
  projection: { type: 'string' },
  vkey: { type: 'string' },
} as const;

/** Prints the history, or folds it and compares a read model with the result. */
export const replay: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values } = parseOptions(usage, args, options);
    const { type, stream, projection, vkey, json } = values;
    const from = positionOf('from', values.from);
    const to = positionOf('to', values.to);
    const http = createHttp(urlOf(values.url, terminal));
    if (values.compare) {
      const isList = from !== undefined || stream !== undefined || type !== undefined || values.ndjson;
      if (isList) throw new UsageError(`--compare goes with --to and --projection only.\n${moreIn(usage)}`);
      return compare({ http, name: projection ?? 'records', to, vkey, rows: values.rows, json, terminal });
    }
    if (projection !== undefined || vkey !== undefined || values.rows) {
      throw new UsageError(`--rows, --projection and --vkey go with --compare.\n${moreIn(usage)}`);
    }
    return print(
      http,
      { from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER, type, stream },
      values.ndjson || json,
      terminal,
    );
  },
};

interface Span {
  readonly from: number;
  readonly to: number;
  readonly type: string | undefined;
  readonly stream: string | undefined;
}

/**
 * A filter that nothing can ever fit is a mistake. A later release may know more types than this client.
 *
 * @throws UsageError
 */
async function refuseUnknown(http: Http, { type, stream }: Pick<Span, 'type' | 'stream'>): Promise<void> {
  const types = eventDefinitions.map((definition) => definition.type);
  if (
    type !== undefined &&
    !types.includes(type) &&
    !(await isThere(http, `/v1/events?limit=1&${new URLSearchParams({ type })}`))
  ) {
    throw new UsageError(`--type: there is no event type "${type}"${didYouMean(type, types) || '.'}`);
  }
  if (stream === undefined || (await isThere(http, `/v1/events/${encodeURIComponent(stream)}/1`))) return;
  const kind = stream.replace(/-[a-z2-7]*$/, '');
  const meant = isAggregate(kind)
    ? ''
    : didYouMean(
        kind,
        aggregates.map(({ name }) => name),
      );
  throw new UsageError(`--stream: there is no record "${stream}"${meant || '.'}`);
}

/** Whether a path has something. @throws Failure when the registry does not answer the question */
async function isThere(http: Http, path: string): Promise<boolean> {
  const answer = await http.send(path);
  if (answer.status === 200) return !/^\s*(?:\[\s*\]\s*)?$/.test(textOf(answer.bytes));
  if (answer.status === 404 || answer.status === 400) return false;
  throw failureOf(answer, `${http.url}${path}`);
}

async function print(http: Http, { to, ...query }: Span, isRaw: boolean, { out }: Terminal): Promise<ExitCode> {
  await refuseUnknown(http, query);
  for await (const line of feedLines(http, query)) {
    const { position, time, type, subject } = parseLine(http, line);
    if (position > to) break;
    out(isRaw ? line : `${position}  ${time}  ${type}  ${subject}`);
  }
  return 0;
}
