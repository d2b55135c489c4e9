import * as z from 'zod';
import { aggregates } from '../../domain/catalog.ts';
import type { Aggregate, CommandDefinition } from '../../domain/kernel/aggregate.ts';
import { erasePerson } from '../../domain/person/erasure.ts';
import { problems, type Rule } from '../../domain/problems.ts';
import { MAX_REFERENCES } from '../http/limits.ts';

/** Which problems an operation can answer, as far as the code that refuses can be asked: the catalog and the schemas. */

const slugs = Object.keys(problems) as Rule[];

/** Each rule once, in the order of the list of problems. */
export const inListedOrder = (rules: Iterable<Rule>): Rule[] => {
  const asked = new Set(rules);
  return slugs.filter((slug) => asked.has(slug));
};

/** What every request that writes is held to, whatever it says. */
const ofEveryWrite: readonly Rule[] = [
  'malformed-json',
  'key-missing',
  'header-invalid',
  'parameter-invalid',
  'token-missing',
  'token-invalid',
  'scope-lacking',
  // Of whoever is no registrar for what only registrars do, of a registrar for everything else.
  'right-lacking',
  'conflict',
  'too-large',
  'media-type',
  'invalid-body',
  'too-deep',
  'key-reused',
  'throttled',
  'internal',
  'tables-changed',
  'unknown-reference',
  'cap-event-bytes',
];
/** What a request that names its record in the path may meet besides. */
const ofPaths: readonly Rule[] = ['not-found', 'stale'];
const ofSubmissions: readonly Rule[] = [
  // An act on one path is led to the other record (308).
  'target-merged',
  'cap-commands',
  'cap-references',
  'cap-actions',
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
const aggregateReferredTo = ({ pattern = '' }: { readonly pattern?: string }): string | undefined =>
  aggregates.map(({ name }) => name).find((name) => pattern.startsWith(`^${name}-[`));

/** How many records a value of a schema may refer to, at most. */
function mostReferences(schema: Schema): number {
  if (schema.items) return (schema.maxItems ?? Number.POSITIVE_INFINITY) * mostReferences(schema.items) || 0;
  const within = Object.values(schema.properties ?? {}).reduce((sum, inner) => sum + mostReferences(inner), 0);
  return Math.max(within, ...alternatives(schema).map(mostReferences), aggregateReferredTo(schema) ? 1 : 0);
}

/** A list of facts with a day each becomes an event for each of them. */
const causesSeveral = (parts: readonly Part[]) =>
  parts.some(
    ({ schema }) => schema.type === 'array' && partsOf(schema.items ?? {}).some(({ field }) => field === 'on'),
  );

/** A command as the document sees it. */
type Described = Pick<CommandDefinition, 'act' | 'by' | 'schema' | 'judgesHistory' | 'rules'>;

/** What a command is held to because of what its data can say. */
function ofItsData({ act, by, schema, judgesHistory }: Described): Rule[] {
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
  // Evidence may rest on any record, also on one that was closed or cancelled.
  const { evidence: _, ...facts } = whole.properties ?? {};
  const parts = partsOf({ properties: facts });
  const referred = new Set(parts.flatMap((part) => aggregateReferredTo(part.schema) ?? []));
  const isDated = parts.some(({ field }) => field === 'on');
  const found: [Rule, boolean][] = [
    ['unknown-evidence', parts.some(({ field, schema: part }) => field === 'evidence' && part.type === 'string')],
    ['ceremony-cancelled', referred.has('ceremony')],
    ['record-retracted', (act !== undefined && by !== 'anyone') || referred.size > 0],
    ['after-closing', isDated && (act !== undefined || referred.size > 0)],
    // A correction can say anything that an event can.
    ['name-in-free-text', judgesHistory === true || parts.some(({ field }) => personFields.includes(field))],
    ['cap-references', mostReferences(whole) > MAX_REFERENCES],
    ['cap-commit-bytes', causesSeveral(parts)],
  ];
  return found.flatMap(([rule, applies]) => (applies ? [rule] : []));
}

/** Where a command gives a person by name. */
const personFields = ['signatory', 'person'];

/** Schemas do not change while they serve: each is looked through once. */
const known = new Map<Described, readonly Rule[]>();

/** The problem types that an operation can answer that is this one command. */
export function problemsOf(definition: Described): readonly Rule[] {
  const { act, rules = [] } = definition;
  const found =
    known.get(definition) ??
    inListedOrder([...ofEveryWrite, ...(act === undefined ? [] : ofPaths), ...ofItsData(definition), ...rules]);
  known.set(definition, found);
  return found;
}

/** Those of `POST /v1/<collection>`. */
export const problemsOfOpening = ({ commands }: Aggregate): Rule[] =>
  inListedOrder(commands.filter(({ act }) => act === undefined).flatMap(problemsOf));

/** Those of `POST /v1/submissions`: whatever its commands can be refused by, but what belongs to a path. */
export function problemsOfSubmission(): Rule[] {
  const elsewhere = new Set(ofPaths);
  const ofCommands = aggregates.flatMap(({ commands }) => commands.flatMap(problemsOf));
  return inListedOrder([...ofCommands.filter((rule) => !elsewhere.has(rule)), ...ofSubmissions]);
}

/** Those of an erasure. A person has one event at most: there is no version to compare, and nothing to retract. */
export const problemsOfErasure = (): Rule[] =>
  problemsOf(erasePerson).filter((rule) => rule !== 'stale' && rule !== 'record-retracted');

/** The commands that a problem can be the answer to. */
export const commandsAnswering = (rule: Rule): string[] => [
  ...aggregates.flatMap(({ commands }) =>
    commands.filter((definition) => problemsOf(definition).includes(rule)).map(({ name }) => name),
  ),
  ...(problemsOfErasure().includes(rule) ? [erasePerson.name] : []),
];
