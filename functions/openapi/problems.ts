import * as z from 'zod';
import { aggregates } from '../../domain/catalog.ts';
import { type Aggregate, type CommandDefinition, commandName } from '../../domain/kernel/aggregate.ts';
import { erasePerson } from '../../domain/person/erasure.ts';
import { problems, type Rule } from '../../domain/problems.ts';
import { tellsOfThePast } from '../../domain/record/dates.ts';
import { MAX_REFERENCES } from '../http/limits.ts';

/** The problems that each operation can answer, derived from the catalog and the schemas as far as they determine them. */

const slugs = Object.keys(problems) as Rule[];

/** Each rule once, in the order of the list of problems. */
export const inListedOrder = (rules: Iterable<Rule>): Rule[] => {
  const asked = new Set(rules);
  return slugs.filter((slug) => asked.has(slug));
};

/** The problems of every request that writes, whatever its data. */
const ofEveryWrite: readonly Rule[] = [
  'malformed-json',
  'key-missing',
  'header-invalid',
  'parameter-invalid',
  'token-missing',
  'token-invalid',
  'scope-lacking',
  // For a client that is no registrar: on what only registrars do. For a registrar: on everything else.
  'right-lacking',
  'not-acceptable',
  'conflict',
  'too-large',
  'media-type',
  'invalid-body',
  'too-deep',
  'cap-values',
  'key-reused',
  'throttled',
  'internal',
  'tables-changed',
  'unavailable',
  'unknown-reference',
  'user-info-in-address',
  'subtag-repeated',
  'name-in-free-text',
  'person-id-in-text',
  'cap-actions',
  'cap-event-bytes',
  'cap-read-bytes',
  'cap-comparisons',
];
/** The further problems of a request that names its record in the path. */
const ofPaths: readonly Rule[] = ['not-found', 'stale'];
/** The further problems of a request that adds to a record which may be there. */
const ofGrowth: readonly Rule[] = ['cap-record-events', 'cap-record-bytes'];
const ofSubmissions: readonly Rule[] = [
  // An act whose path names the merged record is redirected (308) instead.
  'target-merged',
  'cap-commands',
  'cap-references',
  'cap-commit-events',
  'cap-commit-bytes',
  'cap-submission-bytes',
];

interface Schema {
  readonly type?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}
interface Part {
  /** The field whose value the schema describes, alone or in a list. */
  readonly field: string;
  readonly schema: Schema;
}

const alternatives = ({ anyOf, oneOf }: Schema): readonly Schema[] => anyOf ?? oneOf ?? [];

/** A schema and everything within it. */
const partsOf = (schema: Schema, field = ''): Part[] => [
  { field, schema },
  ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => partsOf(inner, name)),
  ...(schema.items ? partsOf(schema.items, field) : []),
  ...alternatives(schema).flatMap((one) => partsOf(one, field)),
];

/** The aggregate whose ids a schema takes. */
export const aggregateReferredTo = ({ pattern = '' }: { readonly pattern?: string }): string | undefined =>
  aggregates.map(({ name }) => name).find((name) => pattern.startsWith(`^${name}-[`));

/** How many records a value of a schema may refer to, at most. */
function mostReferences(schema: Schema): number {
  if (schema.items) return (schema.maxItems ?? Number.POSITIVE_INFINITY) * mostReferences(schema.items) || 0;
  const within = Object.values(schema.properties ?? {}).reduce((sum, inner) => sum + mostReferences(inner), 0);
  return Math.max(within, ...alternatives(schema).map(mostReferences), aggregateReferredTo(schema) ? 1 : 0);
}

/** Whether a command can cause several events: each fact of a list with a day each becomes an event. */
const causesSeveral = (parts: readonly Part[]) =>
  parts.some(
    ({ schema }) => schema.type === 'array' && partsOf(schema.items ?? {}).some(({ field }) => field === 'on'),
  );

/** What the document needs of a command. */
type Described = Pick<
  CommandDefinition,
  'act' | 'onRetracted' | 'records' | 'schema' | 'judgesHistory' | 'readsMemberships' | 'rules'
>;

/** The problems of a command that follow from what its data can hold. */
function ofItsData(definition: Described): Rule[] {
  const { act, onRetracted, schema, judgesHistory, readsMemberships } = definition;
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
  // Evidence may refer to any record, even to a closed or cancelled one.
  const { evidence: _, ...facts } = whole.properties ?? {};
  const parts = partsOf({ properties: facts });
  const referred = new Set(parts.flatMap((part) => aggregateReferredTo(part.schema) ?? []));
  const isDated = parts.some(({ field }) => field === 'on');
  const found: [Rule, boolean][] = [
    ['unknown-evidence', parts.some(({ field, schema: part }) => field === 'evidence' && part.type === 'string')],
    ...(['name-malformed', 'cap-name-characters', 'name-repeated'] as const).map((rule): [Rule, boolean] => [
      rule,
      judgesHistory === true || parts.some(takesNames),
    ]),
    ['ends-before-it-begins', parts.some(({ field }) => field === 'since')],
    ['ceremony-cancelled', referred.has('ceremony')],
    ['record-retracted', (act !== undefined && !onRetracted) || referred.size > 0],
    ['in-the-future', isDated && tellsOfThePast(definition)],
    ['after-closing', isDated && (act !== undefined || referred.size > 0)],
    ['cap-references', mostReferences(whole) > MAX_REFERENCES],
    ['cap-commit-bytes', causesSeveral(parts)],
    ['rebuilding', readsMemberships === true],
  ];
  return found.flatMap(([rule, applies]) => (applies ? [rule] : []));
}

const takesNames = ({ schema: { properties = {} } }: Part): boolean => 'value' in properties && 'lang' in properties;

/** Schemas do not change at run time: the problems of each are derived once. */
const known = new Map<Described, readonly Rule[]>();

/** The problems of an operation that is exactly one command. */
export function problemsOf(definition: Described): readonly Rule[] {
  const { act, rules = [] } = definition;
  const found =
    known.get(definition) ??
    inListedOrder([
      ...ofEveryWrite,
      ...(act === undefined ? [] : [...ofPaths, ...ofGrowth]),
      ...ofItsData(definition),
      ...rules,
    ]);
  known.set(definition, found);
  return found;
}

/** The problems of one of an aggregate's commands. An opening may find its record there where the aggregate has an identity. */
const problemsIn = ({ identity }: Aggregate, definition: CommandDefinition): readonly Rule[] =>
  identity ? [...problemsOf(definition), ...ofGrowth] : problemsOf(definition);

/** The problems of `POST /v1/<collection>`. */
export const problemsOfOpening = (aggregate: Aggregate): Rule[] =>
  inListedOrder(
    aggregate.commands
      .filter(({ act }) => act === undefined)
      .flatMap((definition) => problemsIn(aggregate, definition)),
  );

/** The problems of `POST /v1/submissions`: those of all commands, except those that belong to a path. */
export function problemsOfSubmission(): Rule[] {
  const elsewhere = new Set(ofPaths);
  const ofCommands = aggregates.flatMap(({ commands }) => commands.flatMap(problemsOf));
  return inListedOrder([...ofCommands.filter((rule) => !elsewhere.has(rule)), ...ofSubmissions]);
}

/** The problems of an erasure. A person has at most one event: no version to compare, nothing to retract, no record to fill. */
export const problemsOfErasure = (): Rule[] => {
  const elsewhere: readonly Rule[] = ['stale', 'record-retracted', 'cap-actions', ...ofGrowth];
  return problemsOf(erasePerson).filter((rule) => !elsewhere.includes(rule));
};

/** The commands that a problem can answer. */
export const commandsAnswering = (rule: Rule): string[] => {
  const ofRecords = aggregates.flatMap((aggregate) =>
    aggregate.commands.filter((definition) => problemsIn(aggregate, definition).includes(rule)),
  );
  const answering = [...ofRecords, ...(problemsOfErasure().includes(rule) ? [erasePerson] : [])];
  return [...new Set(answering.map(commandName))];
};
