import * as z from 'zod';
import type { Aggregate } from '../../domain/kernel/aggregate.ts';
import { problems, type Rule } from '../../domain/problems.ts';

/** An operation object of OpenAPI 3.1. */
export type Operation = Record<string, unknown>;

/** JSON Schema (2020-12, the dialect of OpenAPI 3.1) of the zod schema that validates. */
export function jsonSchemaOf(schema: z.ZodType): { properties?: object; required?: string[] } {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return json as { properties?: object; required?: string[] };
}

export const parameterRef = (name: string) => ({ $ref: `#/components/parameters/${name}` });
export const schemaRef = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** An answer, in one media type or in several with the same content. */
export const answer = (
  description: string,
  schema: object,
  headers: object = {},
  ...mediaTypes: readonly string[]
): object => ({
  description,
  headers,
  content: Object.fromEntries(
    (mediaTypes.length === 0 ? ['application/json'] : mediaTypes).map((mediaType) => [mediaType, { schema }]),
  ),
});

/** The answer of an operation on a record that may have been merged into another one. */
export const whereMerged = ({ name }: Pick<Aggregate, 'name'>): object =>
  name !== 'organization'
    ? {}
    : {
        308: {
          description: 'The organization was merged into another one: send the same request there',
          headers: {
            Location: {
              description: 'The same path with the id of the other organization',
              schema: { type: 'string' },
            },
          },
          content: { 'application/json': { schema: schemaRef('Merged') } },
        },
      };

/** A problem of one of these types. */
const problemSchema = (slugs: readonly Rule[]): object => ({
  allOf: [
    schemaRef(slugs.includes('unhealthy') ? 'Unhealthy' : 'Problem'),
    { type: 'object', properties: { type: { enum: slugs.map((slug) => `/problems/${slug}`) } } },
  ],
});

/** The problems that an operation can answer, by status. */
export function problemAnswers(rules: readonly Rule[]): Record<string, object> {
  const byStatus = Map.groupBy(rules, (rule) => problems[rule].status);
  return Object.fromEntries(
    [...byStatus].map(([status, slugs]) => [
      status,
      answer(
        slugs.map((slug) => `\`/problems/${slug}\`: ${problems[slug].title}`).join('; '),
        problemSchema(slugs),
        {},
        'application/problem+json',
      ),
    ]),
  );
}
