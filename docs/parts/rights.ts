import { aggregates } from '../../domain/catalog.ts';
import type { Aggregate, CommandDefinition } from '../../domain/kernel/aggregate.ts';
import { whose } from '../../domain/record/whose.ts';
import { code, table } from './markdown.ts';

const actsOf = ({ commands }: Pick<Aggregate, 'commands'>) => commands.filter(({ act }) => act !== undefined);
const isOnEvery = (definition: CommandDefinition) =>
  aggregates.every((aggregate) =>
    actsOf(aggregate).some(({ act, ...other }) => act === definition.act && whose(other) === whose(definition)),
  );

/** The acts by whose they are, in the order of the catalog. */
function rowsOf(collection: string, acts: readonly CommandDefinition[]): string[][] {
  const owners = [...new Set(acts.map(whose))];
  return owners.map((owner) => [
    collection,
    acts
      .filter((one) => whose(one) === owner)
      .map(({ act = '' }) => code(act))
      .join(', '),
    owner,
  ]);
}

/** For every act whose it is. */
export function rightsTable(): string {
  const [first] = aggregates;
  const shared = first ? actsOf(first).filter(isOnEvery) : [];
  return table(
    ['records', 'acts', 'whose they are'],
    [
      ...rowsOf('all', shared),
      ...aggregates.flatMap((aggregate) =>
        rowsOf(
          code(aggregate.collection),
          actsOf(aggregate).filter(({ act }) => !shared.some((one) => one.act === act)),
        ),
      ),
    ],
  );
}
