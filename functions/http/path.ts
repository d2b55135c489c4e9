import { aggregateByCollection } from '../../domain/catalog.ts';
import type { Aggregate } from '../../domain/kernel/aggregate.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import { ProblemError } from './problem.ts';

/** The aggregate of the collection in a path. @throws ProblemError 404 */
export function collectionOf(name: string): Aggregate {
  const aggregate = aggregateByCollection(name);
  if (!aggregate) throw new ProblemError('not-found', `there is no collection "${name}"`);
  return aggregate;
}

/** The id in a path, if it has the form of that collection's ids. @throws ProblemError 404 */
export function idOf(collection: string, id: string): string {
  if (aggregateOf(id) === collectionOf(collection).name) return id;
  throw new ProblemError('not-found', `there is no record ${id} among the ${collection}`);
}
