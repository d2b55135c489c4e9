import { type Operation, schemaRef } from './parts.ts';
import type { ReadOperation } from './read-parts.ts';

/** The lists for registrars alone, each with its path. */
const lists: readonly (Pick<ReadOperation, 'operationId' | 'summary' | 'description'> & { readonly of: string })[] = [
  {
    operationId: 'duplicates',
    summary: 'Organizations that are probably the same',
    description:
      'Each group shares an identifier, or a name in any language, regardless of case, width, spacing and punctuation. A merged organization counts as the one that it was merged into. A page may be shorter than its limit although there is a `next`.',
    of: 'DuplicatePage',
  },
  {
    operationId: 'clients',
    summary: 'Which client acts for which organization, last appointed first',
    description:
      'Appointments that stand. A client whose organization was merged acts for the one that it was merged into, since the merge.',
    of: 'ClientPage',
  },
  {
    operationId: 'disputes',
    summary: 'Open disputes, last recorded first',
    description:
      'Each is open until the organization that disputes the record corroborates it. What was retracted is disputed no more.',
    of: 'DisputePage',
  },
];

export const registrarOperations = (
  parameters: readonly object[],
  inPages: (one: ReadOperation) => Operation,
): [string, Operation][] =>
  lists.map(({ of, description, ...one }) => [
    `/v1/${one.operationId}`,
    inPages({
      ...one,
      tag: 'register',
      description: `For registrars. ${description}`,
      parameters,
      schema: schemaRef(of),
      rules: ['token-missing', 'token-invalid', 'scope-lacking', 'right-lacking', 'unavailable'],
      security: [{ token: [] }],
    }),
  ]);
