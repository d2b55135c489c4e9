import { problems, type Rule } from '../../../domain/problems.ts';

/** An operation object of OpenAPI 3.1. */
export type Operation = Record<string, unknown>;

export const parameterRef = (name: string) => ({ $ref: `#/components/parameters/${name}` });

export const answer = (description: string, schema: object, headers: object = {}, mediaType = 'application/json') => ({
  description,
  headers,
  content: { [mediaType]: { schema } },
});

/** The problems that an operation can answer, by status. */
export function problemAnswers(rules: readonly Rule[]): Record<string, object> {
  const byStatus = Map.groupBy(rules, (rule) => problems[rule].status);
  return Object.fromEntries(
    [...byStatus].map(([status, slugs]) => [
      status,
      answer(
        slugs.map((slug) => `\`/problems/${slug}\`: ${problems[slug].title}`).join('; '),
        { $ref: '#/components/schemas/Problem' },
        {},
        'application/problem+json',
      ),
    ]),
  );
}
