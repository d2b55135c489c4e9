import * as z from 'zod';
import { exampleRecords } from './example-records.ts';
import { jsonSchemaOf } from './parts.ts';
import { aggregateReferredTo } from './problems.ts';
import { path, query } from './read-parts.ts';

type Json = Record<string, unknown>;

/**
 * JSON Schema of a parameter, from the zod schema that validates its text. A number that is read from decimal digits is
 * described as the integer.
 */
function parameterSchemaOf(schema: z.core.$ZodType): Json {
  if (schema instanceof z.ZodOptional) return parameterSchemaOf(schema.unwrap());
  if (schema instanceof z.ZodDefault) {
    return { ...parameterSchemaOf(schema.unwrap()), default: schema.def.defaultValue };
  }
  if (schema instanceof z.ZodUnion) return { anyOf: schema.options.map(parameterSchemaOf) };
  if (schema instanceof z.ZodPipe && schema.out instanceof z.ZodNumber) {
    return { ...jsonSchemaOf(schema.out), type: 'integer' };
  }
  if (schema instanceof z.ZodPipe && schema.out instanceof z.ZodArray) {
    return { ...(jsonSchemaOf(schema.out) as Json), uniqueItems: true };
  }
  // The parameter has a description of its own, and a format says what its pattern would.
  const { description: _, pattern, ...json } = jsonSchemaOf(schema as z.ZodType) as Json;
  return { ...json, ...(pattern !== undefined && json.format === undefined && { pattern }) };
}

/** What the document says about a parameter besides its schema: its description, alone or with examples. */
interface Described {
  readonly description: string;
  readonly example?: unknown;
  readonly examples?: object;
  readonly required?: true;
}

/** The query parameters of an operation: the shape that validates them, and what each is for. */
export const queryParameters = <Shape extends z.ZodRawShape>(
  shape: Shape,
  texts: Readonly<Record<keyof Shape, string | Described>>,
): object[] =>
  Object.entries(shape).map(([name, schema]) => {
    const json = parameterSchemaOf(schema);
    const text = texts[name as keyof Shape];
    const { description, ...shown }: Described = typeof text === 'string' ? { description: text } : text;
    const list = json.type === 'array' && { style: 'form', explode: false };
    return { ...query(name, description, json), ...list, ...exampleOf(json), ...shown };
  });

/** A path parameter, from the zod schema that validates it. */
export const pathParameter = (name: string, description: string, example: unknown, schema: z.core.$ZodType): object =>
  path(name, description, example, parameterSchemaOf(schema));

/** Where an id is expected: that of the example record of its kind. */
function exampleOf(json: Json): object {
  const record = exampleRecords[aggregateReferredTo(json) ?? ''];
  return record ? { example: record.id } : {};
}
