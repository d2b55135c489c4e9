import { parsePartialDate } from '../../../domain/values/partial-date.ts';
import { createRegistry } from '../../typescript/registry.ts';
import type { ClientEntry } from '../../typescript/types.ts';
import { counted } from '../counted.ts';
import { replaceFile } from '../files.ts';
import { createHttp } from '../http.ts';
import { COMMON_USAGE, common, moreIn, onlyArgument, parseOptions, urlOf } from '../options.ts';
import { createProgress } from '../progress.ts';
import { orFailure } from '../read/asked.ts';
import { givenToken, tokenOptions } from '../token.ts';
import { printJson, type Subcommand, type Terminal, UsageError } from '../usage.ts';
import { appointmentOf, dismiss } from './appointment.ts';
import { judgedOf, type Recorded, recordedBy, type Span } from './recorded.ts';

const usage = `registry client report NAME [--from TIME] [--to TIME] [--dismiss] [--out FILE]
                      [--client NAME [--data DIR] | --token T] [--reason TEXT] [--url URL] [--json]

For a client whose token is in other hands: lists what NAME recorded, record by record, ends its appointment, and prepares
the retractions of what it opened. Where others have recorded something too, or NAME only added to what was there, people
have to look; so it says.

${COMMON_USAGE}
  --from TIME    from this time on: a day (UTC), or an instant such as 2026-11-24T09:30:00Z
  --to TIME      up to this time; a day is included
  --dismiss      end the appointment of NAME first, as a registrar
  --out FILE     write the retractions there, last recorded first, for \`registry submit FILE\`
  --reason TEXT  the reason that both give
  --token T      a registrar's bearer token, for --dismiss (else environment variable REGISTRY_TOKEN)
  --client NAME  a client of the local issuer instead of a token
  --data DIR     the data directory of the local registry, for --client

The credentials of NAME are revoked at the token issuer, before anything else: it goes on recording until the tokens that
it has expire, in its own name once its appointment has ended.
Example: registry client report gdgje --from 2026-11-24 --out retractions.json
Exit codes: 0 done; 1 something failed; 2 the command line does not fit.`;

const options = {
  ...common,
  ...tokenOptions,
  from: { type: 'string' },
  to: { type: 'string' },
  dismiss: { type: 'boolean', default: false },
  out: { type: 'string' },
  reason: { type: 'string', default: 'Recorded with a token that was in other hands' },
} as const;

export const client: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, options, true);
    const [act, ...names] = positionals;
    if (act !== 'report') throw new UsageError(`registry client knows one act, report.\n${moreIn(usage)}`);
    const name = onlyArgument(usage, 'client', names);
    const span = spanOf(values);
    const token = values.dismiss ? await givenToken(values, terminal) : undefined;
    if (values.dismiss && token === undefined) throw new UsageError('Who dismisses it? Give --token or --client.');
    const http = createHttp(urlOf(values.url, terminal));
    const evidence = [{ source: { title: values.reason }, basis: 'stated' as const }];
    const because = { reason: values.reason, evidence };

    const registry = createRegistry({ url: http.url, token });
    const acting = token === undefined ? undefined : await orFailure(appointmentOf(registry, name));
    if (acting) await orFailure(dismiss(registry, acting, because));
    const records: Recorded[] = [];
    const found = await recordedBy(http, name, span);
    const progress = createProgress(terminal, 'looking at records', found.size);
    for (const id of found.keys()) {
      records.push(await judgedOf(http, id, found));
      progress.at(records.length);
    }
    progress.end();
    const commands = retractionsOf(records, because);
    if (values.out !== undefined) await replaceFile(values.out, `${JSON.stringify({ commands }, null, 2)}\n`);
    if (values.json) printJson(terminal, { client: name, dismissed: acting, records, commands });
    else print({ name, values, acting, records, count: commands.length }, terminal);
    return 0;
  },
};

type Values = ReturnType<typeof parseOptions<typeof options>>['values'];

/** @throws UsageError */
function spanOf({ from, to }: Pick<Values, 'from' | 'to'>): Span {
  const span = {
    from: from === undefined ? Number.NEGATIVE_INFINITY : instantOf('from', from, 'T00:00:00.000Z'),
    to: to === undefined ? Number.POSITIVE_INFINITY : instantOf('to', to, 'T23:59:59.999Z'),
  };
  if (span.from > span.to) throw new UsageError('--to is before --from.');
  return span;
}

function instantOf(option: string, given: string, ofDay: string): number {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(given) && parsePartialDate(given) !== undefined;
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(given);
  const instant = isDay || isInstant ? Date.parse(isDay ? given + ofDay : given) : Number.NaN;
  if (!Number.isNaN(instant)) return instant;
  throw new UsageError(`--${option} takes a day or an instant such as 2026-11-24T09:30:00Z, not "${given}".`);
}

/** What was recorded last is retracted first: it may stand on the others. */
const retractionsOf = (records: readonly Recorded[], because: object): object[] =>
  records
    .toReversed()
    .flatMap(({ id, retractions }) =>
      retractions.map((data) => ({ command: 'retract', target: id, data: { ...data, ...because } })),
    );

interface Report {
  readonly name: string;
  readonly values: Pick<Values, 'dismiss' | 'out'>;
  readonly acting: ClientEntry | undefined;
  readonly records: readonly Recorded[];
  readonly count: number;
}

function print({ name, values, acting, records, count }: Report, { out }: Terminal): void {
  if (acting) out(`${name} acted for ${acting.organization} since ${acting.since}, and does no more.`);
  else if (values.dismiss) out(`${name} acts for no organization.`);
  for (const { id, events, byHand } of records) {
    out(`${id}: ${byHand === undefined ? 'to be retracted' : `to be looked at: ${byHand}`}`);
    for (const { position, time, type } of events) out(`  ${position} ${time} ${type}`);
  }
  const left = records.filter(({ byHand }) => byHand !== undefined).length;
  const place = values.out === undefined ? '' : ` in ${values.out}`;
  out(`${counted(records.length, 'record')}: ${counted(count, 'retraction')}${place}, ${left} to be looked at.`);
}
