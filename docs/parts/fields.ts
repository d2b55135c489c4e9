import type * as z from 'zod';
import { aggregates } from '../../domain/catalog.ts';
import { code, either, table } from './markdown.ts';
import { jsonSchemaOf, type Schema } from './schema.ts';
import { linkToValue, ownWords } from './values.ts';

const isObject = (schema: Schema) => schema.properties !== undefined;

/** What a field takes: a link to a value that has its own section, or a few words. */
const takes = (schema: Schema): string => linkToValue(schema) ?? spelledOut(schema);

/** What a schema takes, in a few words; an object as `{…}`. */
export function spelledOut(schema: Schema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return either(schema.enum.map(code));
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return either([...new Set(alternatives.map(takes))]);
  if (schema.items) return `list${bounds(schema.minItems, schema.maxItems)} of ${takes(schema.items)}`;
  if (isObject(schema)) return shortly(schema);
  if (schema.type === 'integer') return `whole number${bounds(schema.minimum, schema.maximum)}`;
  if (schema.type === 'boolean') return '`true` or `false`';
  return schema.type === 'string' ? (idIn(schema) ?? 'text') : 'any value';
}

function shortly({ properties = {}, required = [] }: Schema): string {
  const fields = Object.entries(properties).map(
    ([name, field]) => `${code(name)}${required.includes(name) ? '' : '?'}: ${takes(field)}`,
  );
  return `{ ${fields.join(', ')} }`;
}

/** "id of a membership": what a reference takes. */
function idIn({ pattern = '' }: Schema): string | undefined {
  const kinds = [...aggregates.map((aggregate) => aggregate.name), 'person'];
  const name = kinds.find((one) => pattern.startsWith(`^${one}-[`));
  return name && `id of ${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** The bounds, without those that every number has. */
function bounds(least: number | undefined, most: number | undefined): string {
  const from = least !== undefined && least > 0 ? least : undefined;
  const to = most !== undefined && most < Number.MAX_SAFE_INTEGER ? most : undefined;
  if (from === undefined && to === undefined) return '';
  if (to === undefined) return ` (${from} or more)`;
  return from === undefined ? ` (at most ${to})` : ` (${from}–${to})`;
}

/** Fields without a description of their own, which mean the same everywhere. */
const meanings: Readonly<Record<string, string>> = {
  basis: 'How well this part is founded',
  ceremony: 'The ceremony at which it happened',
  evidence: 'What it rests on',
  mentions: 'Where its texts mention persons',
  notes: 'What fits nowhere else',
  on: 'When it happened',
  place: 'Where it happened',
  reason: 'Why',
  speaksAs: 'In what capacity its submitter spoke',
};

type Row = readonly [name: string, required: string, takes: string, description: string];

/** A row for each field; fields of nested objects have their path. */
function rowsOf({ properties = {}, required = [] }: Schema, path = ''): Row[] {
  return Object.entries(properties).flatMap(([name, field]): Row[] => {
    const list = linkToValue(field) === undefined ? field.items : undefined;
    const inner = list ?? field;
    const isNested = isObject(inner) && linkToValue(inner) === undefined;
    const nested = isNested ? rowsOf(inner, `${path}${name}${list ? '[]' : ''}.`) : [];
    const whole = list ? `list${bounds(field.minItems, field.maxItems)}` : 'object';
    const pointsToEvidence = name === 'evidence' && field.type === 'string';
    return [
      [
        code(path + name),
        required.includes(name) ? 'yes' : '',
        isNested ? whole : pointsToEvidence ? '`id` of a [piece of evidence](#piece-of-evidence)' : takes(field),
        ownWords(field) || (meanings[name] ?? ''),
      ],
      ...nested,
    ];
  });
}

/** The table of the fields of a schema. */
export const fieldTable = (schema: z.ZodType): string =>
  table(['field', 'required', 'takes', 'meaning'], rowsOf(jsonSchemaOf(schema)));
