import type * as z from 'zod';
import { isContainer } from './container.ts';
import { isFreeText } from './text.ts';

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

/**
 * The value with '' in the place of each string that may be free text by one of its alternatives, or of which the schema
 * says nothing: ids, dates, codes and choices stay.
 */
export const withoutFreeText = (schema: z.core.$ZodType | undefined, value: unknown): unknown =>
  blanked(schema ? alternatives(schema) : [], value);

function blanked(schemas: readonly z.core.$ZodType[], value: unknown): unknown {
  if (typeof value === 'string') return schemas.some(hasFixedForm) && !schemas.some(isFreeText) ? value : '';
  if (!isContainer(value)) return value;
  const inside = (key: string) =>
    schemas.flatMap((schema) => {
      const inner = schemaAt(schema, key);
      return inner ? alternatives(inner) : [];
    });
  if (Array.isArray(value)) return value.map((item) => blanked(inside(''), item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, blanked(inside(key), item)]));
}
