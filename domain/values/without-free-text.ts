import type * as z from 'zod';
import { isContainer } from './container.ts';
import { escapePointer } from './ids.ts';
import { isFreeText, wordsOf } from './text.ts';

/** The schemas that a value may have to fit, without what merely wraps them. */
function alternatives(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (isFreeText(schema)) return [schema];
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
      return alternatives(def.innerType);
    case 'union':
      return def.options.flatMap(alternatives);
    default:
      return [schema];
  }
}

/** The schema of what a container of this schema has under a key; `undefined` where it knows none. */
function schemaAt(schema: z.core.$ZodType, key: string): z.core.$ZodType | undefined {
  if (isFreeText(schema)) return schema;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'array') return def.element;
  return def.type === 'object' && Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
}

const FIXED_FORMS = ['string', 'enum', 'literal'];

const hasFixedForm = (schema: z.core.$ZodType): boolean =>
  FIXED_FORMS.includes((schema as z.core.$ZodTypes)._zod.def.type);

/** What stands in the place of a string; `schemas` are those that it may have to fit, none where nothing is known of it. */
type Change = (text: string, pointer: string, schemas: readonly z.core.$ZodType[]) => string;

function changed(schemas: readonly z.core.$ZodType[], value: unknown, change: Change, pointer = ''): unknown {
  if (typeof value === 'string') return change(value, pointer, schemas);
  if (!isContainer(value)) return value;
  const inside = (key: string) =>
    schemas.flatMap((schema) => {
      const inner = schemaAt(schema, key);
      return inner ? alternatives(inner) : [];
    });
  const at = (key: string | number, item: unknown) =>
    changed(inside(String(key)), item, change, `${pointer}/${escapePointer(key)}`);
  if (Array.isArray(value)) return value.map((item, place) => at(place, item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, at(key, item)]));
}

/**
 * The value with '' in the place of each string that may be free text by one of its alternatives, or of which the schema
 * says nothing: ids, dates, codes and choices stay.
 */
export const withoutFreeText = (schema: z.core.$ZodType | undefined, value: unknown): unknown =>
  changed(schema ? alternatives(schema) : [], value, (text, _, schemas) =>
    schemas.some(hasFixedForm) && !schemas.some(isFreeText) ? text : '',
  );

/** The value with another text in the place of each string in which somebody chose the words. */
export const withTexts = <Value>(
  schema: z.core.$ZodType,
  value: Value,
  change: (text: string, pointer: string, words: NonNullable<ReturnType<typeof wordsOf>>) => string,
): Value =>
  changed(alternatives(schema), value, (text, pointer, schemas) => {
    const kinds = schemas.flatMap((one) => wordsOf(one) ?? []);
    const [kind] = kinds.includes('free text') ? (['free text'] as const) : kinds;
    return kind ? change(text, pointer, kind) : text;
  }) as Value;

/**
 * The places at which a merge patch takes away what the schema does not know: nothing else would ever look at such a key,
 * and whatever somebody wrote there would be recorded.
 */
export function unknownRemovals(schema: z.core.$ZodType, patch: unknown): string[] {
  const search = (schemas: readonly z.core.$ZodType[], value: unknown, pointer: string): string[] => {
    if (!isContainer(value) || Array.isArray(value)) return [];
    const areObjects =
      schemas.length > 0 && schemas.every((one) => (one as z.core.$ZodTypes)._zod.def.type === 'object');
    return Object.entries(value).flatMap(([key, inner]) => {
      const known = schemas.map((one) => schemaAt(one, key)).filter((one) => one !== undefined);
      const at = `${pointer}/${escapePointer(key)}`;
      if (inner === null) return areObjects && known.length === 0 ? [at] : [];
      return search(known.flatMap(alternatives), inner, at);
    });
  };
  return search(alternatives(schema), patch, '');
}
